// <select data-fills>: the name and e-mail of the contact that is chosen. The server fills them in as well.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("select[data-fills]")) return;
  const { name = "", email = "" } = target.selectedOptions[0].dataset;
  target.form.elements.namedItem("name").value = name;
  target.form.elements.namedItem("email").value = email;
});
