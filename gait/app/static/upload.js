import { api, csrfToken, fill, pageTexts } from "/static/api.js";
import { openCamera, previewWorks } from "/static/camera.js";
import { upload } from "/static/resumable.js";

const form = document.getElementById("upload"), texts = pageTexts();
const known = new Map(JSON.parse(document.getElementById("known").textContent).map((one) => [one.name.trim().toLowerCase(), one]));
const status = document.getElementById("status"), problem = document.getElementById("error"), advice = document.getElementById("check");
const films = [...form.querySelectorAll(".film")].map((box) => ({ box, file: null, sending: null, id: null }));
let check = null;

function complain(text, field) {
  problem.textContent = text;
  problem.hidden = !text;
  field?.focus();
}

/** Let the server read height and speed in the units of the form, and write them in others. */
async function readMeasures(units, shown = units) {
  const values = { csrf_token: csrfToken, height: form.elements.height.value, speed: form.elements.speed.value, units, shown };
  const response = await fetch("/body-and-belt", { method: "POST", headers: { "X-CSRF-Token": csrfToken }, body: new URLSearchParams(values) });
  const record = await response.json().catch(() => null);
  if (!response.ok) throw new Error(record?.error ?? `${response.status}`);
  return record;
}

async function details() {
  const read = await readMeasures(form.elements.units.value);
  for (const [field, text] of Object.entries(read.faults)) return complain(text, form.elements[field]);
  return { height_m: read.height_m, speed_mps: read.speed_mps, units: read.units };
}

let units = form.elements.units.value;
function showExamples() {
  const example = form.elements.units.selectedOptions[0].dataset;
  form.elements.height.placeholder = example.height;
  form.elements.speed.placeholder = example.speed;
}

showExamples();
/** Show the same height and speed in other units. */
async function changeUnits() {
  const before = units;
  units = form.elements.units.value;
  showExamples();
  try {
    const read = await readMeasures(before, units);
    for (const [field, text] of Object.entries(read.texts)) if (!read.faults[field]) form.elements[field].value = text;
  } catch (error) {
    complain(error.message);
  }
}

let unitsChosen = false;
form.elements.units.addEventListener("change", () => {
  unitsChosen = true;
  changeUnits();
});
form.elements.athlete.addEventListener("change", () => {
  const usual = known.get(form.elements.athlete.value.trim().toLowerCase())?.units;
  if (!usual || unitsChosen || usual === units) return;
  form.elements.units.value = usual;
  changeUnits();
});

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
  const name = known.get(form.elements.athlete.value.trim().toLowerCase())?.name;
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
  if (!chosen.length) return complain(texts.film_missing, document.getElementById("main-film"));
  const button = form.querySelector("button.primary");
  button.disabled = true;
  try {
    const said = await details();
    if (!said) return void (button.disabled = false);
    status.textContent = texts.waiting;
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
