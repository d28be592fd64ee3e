// What is typed into a plan goes to the server; what stands in the way is said, so that one can do something about it.
const words = () => document.getElementById("plan-words")?.dataset ?? {};
const token = () => document.querySelector('meta[name="csrf-token"]');

/** Why there was no answer: offline, signedOut, notAllowed or failed. */
export class Trouble extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }

  /** Whether the same may be sent again in a moment. */
  get passes() {
    return this.kind !== "notAllowed";
  }

  /** In words; with the way to sign in where that helps. */
  shown(text = words()[this.kind] ?? "") {
    const said = document.createElement("span");
    said.textContent = text;
    if (this.kind !== "signedOut") return said;
    const way = document.createElement("a");
    [way.href, way.target, way.textContent] = [words().signIn, "_blank", words().signInNow];
    said.append(" ", way);
    return said;
  }
}

const isSignIn = (answer) => answer.status === 401 || (answer.redirected && new URL(answer.url).pathname === words().signIn);

function kindOf(answer) {
  if (isSignIn(answer)) return "signedOut";
  return answer.status >= 400 && answer.status < 500 ? "notAllowed" : "failed";
}

async function ask(address, options = {}) {
  try {
    return await fetch(address, options);
  } catch {
    throw new Trouble("offline");
  }
}

function sent(action, data) {
  data.delete("csrfmiddlewaretoken"); // the header counts: signing in again makes a new one
  return ask(action, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token().content }, body: data });
}

/** Whoever signed in again in another tab has a new token. */
async function renewToken() {
  const answer = await ask(`${document.getElementById("plan").dataset.plan}?part=links`);
  if (isSignIn(answer)) throw new Trouble("signedOut");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  token().content = page.querySelector('input[name="csrfmiddlewaretoken"]')?.value ?? token().content;
}

/** The answer to what is posted, as the server tells scripts. Throws Trouble. */
export async function post(action, data) {
  let answer = await sent(action, data);
  if (answer.status === 403) {
    await renewToken();
    answer = await sent(action, data);
  }
  if (!answer.headers.get("Content-Type")?.includes("json")) throw new Trouble(kindOf(answer));
  return answer.json();
}
