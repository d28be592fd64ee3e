// Words shown by scripts: translated by the server in components/words.html.
export function word(key) {
  return document.getElementById("words")?.dataset[key] ?? key;
}
