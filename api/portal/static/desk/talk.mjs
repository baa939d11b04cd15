// SPDX-License-Identifier: Apache-2.0
// Talking with the server of this page: JSON both ways, its refusals in the language of the page.

/** The server refuses: the message says what is wrong and what to do. */
export class Problem extends Error {
  constructor({ detail, code }) {
    super(detail);
    this.name = "Problem";
    this.code = code;
  }
}

/** The answer to a request, null where it has none; writes of somebody signed in carry the token of the session. */
export async function ask(method, path, body, token) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token !== undefined) headers["X-FundTrace-Token"] = token;
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(path, { method, headers, body: sent, credentials: "same-origin", redirect: "error" });
  if (answer.status === 204) return null;
  const told = await answer.json();
  if (!answer.ok) throw new Problem(told);
  return told;
}

/** The sentences that the page carries for its script, as a function of name and gaps. */
export function sentences() {
  const found = document.getElementById("desk-words").content.querySelectorAll("[data-word]");
  const words = Object.fromEntries(Array.from(found, (one) => [one.dataset.word, one.textContent]));
  return (word, gaps = {}) => words[word].replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
}

/** Show `text` in the place for messages; `state` is empty, or "disagrees" for what went wrong. */
export function tell(text, state = "") {
  const place = document.getElementById("desk-told");
  place.dataset.state = state;
  place.textContent = text;
  place.hidden = false;
  place.focus();
}

/** Let `button` do `work` when it is pressed, once at a time; what goes wrong is told. */
export function onPress(button, work) {
  button?.addEventListener("click", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      tell(error.message, "disagrees");
    } finally {
      button.disabled = false;
    }
  });
}

/** Let the person save `text` as a file of that name. */
export function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
