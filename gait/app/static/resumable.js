// Uploads by the protocol tus 1.0.0: in pieces, going on after the network, the phone or the server broke off.
import { csrfToken } from "/static/api.js";

const PIECE = 4 * 1024 * 1024;
const WAITS_S = [0.5, 1, 2, 4, 8, 15];
const headers = { "Tus-Resumable": "1.0.0", "X-CSRF-Token": csrfToken, Accept: "application/json" };

const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const keyOf = (file, athlete) => `gait-upload ${athlete} ${file.name} ${file.size} ${file.lastModified}`;
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function failure(response) {
  const record = await response.json().catch(() => null);
  const error = new Error(record?.error ?? `${response.status}`);
  // What another try would not change.
  error.final = response.status >= 400 && ![408, 409, 423, 429, 460].includes(response.status) && response.status < 500 || response.status === 507;
  return error;
}

async function announce(file, athlete) {
  const metadata = `filename ${encoded(file.name)},athlete ${encoded(String(athlete))}`;
  const response = await fetch("/api/v1/uploads", { method: "POST", headers: { ...headers, "Upload-Length": file.size, "Upload-Metadata": metadata } });
  if (!response.ok) throw await failure(response);
  return response.headers.get("Location");
}

async function offsetOf(location) {
  const response = await fetch(location, { method: "HEAD", headers });
  if (response.status === 404) return null;
  if (!response.ok) throw await failure(response);
  return Number(response.headers.get("Upload-Offset"));
}

/** Upload a file; return its identifier. `onProgress(share)`, `onTrouble(whether)`. */
export async function upload(file, athlete, { onProgress = () => {}, onTrouble = () => {} } = {}) {
  const key = keyOf(file, athlete);
  let location = localStorage.getItem(key), offset = null, tries = 0;
  for (;;) {
    try {
      if (location && offset === null) offset = await offsetOf(location);
      if (offset === null) {
        location = await announce(file, athlete);
        localStorage.setItem(key, location);
        offset = 0;
      }
      onTrouble(false);
      while (offset < file.size) {
        const response = await fetch(location, {
          method: "PATCH",
          headers: { ...headers, "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" },
          body: file.slice(offset, offset + PIECE),
        });
        if (!response.ok) throw await failure(response);
        offset = Number(response.headers.get("Upload-Offset"));
        tries = 0;
        onProgress(offset / file.size);
      }
      localStorage.removeItem(key);
      return location.split("/").pop();
    } catch (error) {
      if (error.final) {
        localStorage.removeItem(key);
        throw error;
      }
      onTrouble(true);
      offset = null;
      await pause(WAITS_S[Math.min(tries++, WAITS_S.length - 1)]);
    }
  }
}
