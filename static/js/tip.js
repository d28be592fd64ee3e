// One tooltip for all [data-tip]: on hover, focus and touch; Escape hides it; the pointer may rest on it.
const tip = document.createElement("div");
tip.className = "tip";
tip.popover = "manual";
tip.role = "tooltip";
tip.id = "tip";
document.body.append(tip);

function place(element) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const width = tip.offsetWidth;
  const x = Math.max(8, Math.min((left + right - width) / 2, innerWidth - width - 8));
  const below = bottom + 4 + tip.offsetHeight < innerHeight;
  tip.style.left = `${x}px`;
  tip.style.top = `${below ? bottom + 4 : top - 4 - tip.offsetHeight}px`;
}

function show(event) {
  const element = event.target.closest?.("[data-tip]");
  if (!element) return;
  (element.closest("dialog[open]") ?? document.body).append(tip);
  tip.textContent = element.dataset.tip;
  tip.showPopover();
  place(element);
}

function hide(event) {
  if (event.relatedTarget && (tip.contains(event.relatedTarget) || event.relatedTarget.closest?.("[data-tip]"))) return;
  if (tip.matches(":popover-open")) tip.hidePopover();
}

for (const name of ["mouseover", "focusin", "click"]) document.addEventListener(name, show);
for (const name of ["mouseout", "focusout", "scroll"]) document.addEventListener(name, hide, { passive: true });
document.addEventListener("keydown", (event) => event.key === "Escape" && hide({}));
