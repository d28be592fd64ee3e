// Adds the CSRF token to each htmx request that changes something.
document.addEventListener("htmx:configRequest", (event) => {
  if (/^(get|head|options)$/i.test(event.detail.verb)) return;
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});
