import { api, fill, pageTexts } from "/static/api.js";
import { openCamera, previewWorks } from "/static/camera.js";
import { upload } from "/static/resumable.js";

const form = document.getElementById("upload"), texts = pageTexts();
const known = new Map(JSON.parse(document.getElementById("known").textContent).map((name) => [name.trim().toLowerCase(), name]));
const status = document.getElementById("status"), problem = document.getElementById("error"), advice = document.getElementById("check");
const films = [...form.querySelectorAll(".film")].map((box) => ({ box, file: null, sending: null, id: null }));
let check = null;

function complain(text, field) {
  problem.textContent = text;
  problem.hidden = !text;
  field?.focus();
}

/** A number as people type it, or null; NaN where it is none. */
function number(name) {
  const text = form.elements[name].value.trim().replace(",", ".").replace(/\s*(cm|km\/h)$/i, "");
  return text === "" ? null : Number(text);
}

function details() {
  const height = number("height"), speed = number("speed");
  if (height !== null && !(height >= 50 && height <= 260)) return complain(texts.height_wrong, form.elements.height);
  if (speed !== null && !(speed >= 1.1 && speed <= 46)) return complain(texts.speed_wrong, form.elements.speed);
  return { height_m: height === null ? null : height / 100, speed_mps: speed === null ? null : speed / 3.6 };
}

/** Begin to send a film at once: the rest of the form is filled in meanwhile. */
function take(film, file) {
  const part = (name) => film.box.querySelector(name);
  if (!file.size) return complain(fill(texts.empty, { name: file.name }));
  if (file.type && !file.type.startsWith("video/")) return complain(fill(texts.not_video, { name: file.name }));
  complain("");
  film.file = file;
  film.id = null;
  part(".pick").hidden = true;
  part(".picked").hidden = false;
  part("[data-name]").textContent = file.name;
  const show = (share) => {
    if (film.file !== file) return;
    part("progress").value = share;
    part("[data-state]").textContent = fill(texts.uploading, { percent: Math.floor(share * 100) });
  };
  show(0);
  film.sending = upload(file, "", { onProgress: show, onTrouble: (bad) => bad && film.file === file && (part("[data-state]").textContent = texts.interrupted) });
  film.sending.then(
    (id) => {
      if (film.file !== file) return;
      film.id = id;
      part("[data-state]").textContent = texts.sent;
      checkEarly();
    },
    (error) => {
      if (film.file !== file) return;
      drop(film);
      complain(error.message);
    },
  );
}

function drop(film) {
  film.file = film.sending = film.id = null;
  for (const input of film.box.querySelectorAll('input[type="file"]')) input.value = "";
  film.box.querySelector(".pick").hidden = false;
  film.box.querySelector(".picked").hidden = true;
  check = null;
  advice.hidden = true;
}

/** Check the films of a known runner as soon as they are there, before the button is pressed. */
async function checkEarly() {
  const name = known.get(form.elements.athlete.value.trim().toLowerCase());
  const chosen = films.filter((film) => film.file);
  if (!name || !chosen.length || chosen.some((film) => !film.id)) return;
  const uploads = chosen.map((film) => film.id);
  if (check && check.name === name && String(check.uploads) === String(uploads)) return;
  const mine = (check = { name, uploads, job: null });
  try {
    const athlete = await api("POST", "/api/v1/athletes", { name });
    const job = await api("POST", "/api/v1/checks", { athlete: athlete.id, uploads });
    if (check !== mine) return;
    mine.job = job.id;
    for (const film of chosen) film.box.querySelector("[data-state]").textContent = texts.checking;
    const events = new EventSource(`/api/v1/jobs/${job.id}/events`);
    events.addEventListener("job", (event) => {
      const record = JSON.parse(event.data);
      if (!["done", "failed", "cancelled"].includes(record.state)) return;
      events.close();
      if (check !== mine) return;
      for (const film of chosen) film.box.querySelector("[data-state]").textContent = texts.sent;
      showCheck(record);
    });
  } catch {
    check = null; // the check comes with the measurement
  }
}

function showCheck(job) {
  const lines = job.result ? [...job.result.refusals, ...job.result.advice] : [job.reason ?? ""];
  advice.querySelector("ul").replaceChildren(...(lines.length ? lines : [texts.good]).map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  advice.classList.toggle("good", !lines.length);
  advice.hidden = false;
}

for (const film of films) {
  for (const input of film.box.querySelectorAll('input[type="file"]')) input.addEventListener("change", () => input.files[0] && take(film, input.files[0]));
  film.box.querySelector("[data-remove]").addEventListener("click", () => drop(film));
  const camera = film.box.querySelector("[data-camera]");
  camera.hidden = !previewWorks();
  camera.addEventListener("click", () => openCamera(film.box.dataset.view, texts, (file) => take(film, file), complain));
}
document.getElementById("no-preview").hidden = previewWorks();
form.elements.athlete.addEventListener("change", checkEarly);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  complain("");
  const name = form.elements.athlete.value.trim(), chosen = films.filter((film) => film.file);
  if (!name) return complain(texts.name_missing, form.elements.athlete);
  const said = details();
  if (!said) return;
  if (!chosen.length) return complain(texts.film_missing, document.getElementById("main-film"));
  const button = form.querySelector("button.primary");
  button.disabled = true;
  status.textContent = texts.waiting;
  try {
    const uploads = await Promise.all(chosen.map((film) => film.sending));
    const athlete = await api("POST", "/api/v1/athletes", { name, ...said });
    status.textContent = texts.queued;
    const checked = check?.job && String(check.uploads) === String(uploads) ? { check: check.job } : {};
    const job = await api("POST", "/api/v1/jobs", { athlete: athlete.id, uploads, options: said, ...checked });
    location.assign(`/jobs/${job.id}`);
  } catch (error) {
    complain(error.message);
    status.textContent = "";
    button.disabled = false;
  }
});
