// <select name="cut.basis">: a cut for our own score is none for its quotient by the competitor’s, and the other way
// round; the one that does not fit becomes the middle of the new kind.
const MIDDLE = { relative: "1", absolute: "5" };
const isRatio = (text) => Number(text.replace(",", ".")) <= 2;

document.addEventListener("change", ({ target }) => {
  if (target.name !== "cut.basis" || !MIDDLE[target.value]) return;
  const cut = target.form.elements["cut.relationship"];
  if (isRatio(cut.value) !== (target.value === "relative")) cut.value = MIDDLE[target.value];
});
