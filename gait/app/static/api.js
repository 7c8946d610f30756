// Requests to this server, with the token that every change needs.
export const csrfToken = document.querySelector('meta[name="csrf-token"]').content;

/** Send a request; return the answer's record. Throws an Error whose message is one line for a person. */
export async function api(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { "X-CSRF-Token": csrfToken, Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const record = text ? JSON.parse(text) : null;
  if (!response.ok) {
    const error = new Error(record?.error ?? `${response.status}`);
    error.status = response.status;
    error.code = record?.code;
    throw error;
  }
  return record;
}

/** Texts of this page in the reader's language. */
export function pageTexts() {
  return JSON.parse(document.getElementById("texts").textContent);
}

/** Fill named fields of a text. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
}
