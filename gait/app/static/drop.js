// Many films at once: their names say what belongs together; each session is uploaded and queued in turn.
import { api, fill, pageTexts } from "/static/api.js";
import { upload } from "/static/resumable.js";

const form = document.getElementById("drop"), texts = pageTexts(), element = (name) => document.getElementById(name);
const MOST_NAMES = 2000;
let files = new Map(), runs = [];

function tell(error) {
  element("error").textContent = error.message;
  element("error").hidden = false;
}

async function inside(entry, folder) {
  const path = folder ? `${folder}/${entry.name}` : entry.name;
  if (entry.isFile) return [[path, await new Promise((resolve, reject) => entry.file(resolve, reject))]];
  const reader = entry.createReader(), found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const one of some) found.push(...(await inside(one, path)));
  }
}

async function plan(chosen) {
  element("error").hidden = true;
  files = new Map(chosen.slice(0, MOST_NAMES));
  try {
    runs = files.size ? await api("POST", "/api/v1/films/plan", { names: [...files.keys()] }) : [];
  } catch (error) {
    return tell(error);
  }
  const count = runs.reduce((sum, run) => sum + run.films.length, 0);
  element("planned").textContent = runs.length ? fill(texts.planned, { sessions: runs.length, films: count }) : texts.none;
  element("runs").replaceChildren(...runs.map((run) => {
    const line = document.createElement("li"), label = document.createElement("label"), name = document.createElement("input");
    line.className = "card";
    label.textContent = run.known ? texts.athlete : `${texts.athlete} (${texts.new})`;
    Object.assign(name, { value: run.athlete, maxLength: 200, required: true });
    name.setAttribute("list", "athletes");
    label.append(name);
    line.append(label, Object.assign(document.createElement("p"), { className: "small", textContent: [run.session, run.options.date, run.films.join(", ")].filter(Boolean).join(" · ") }));
    if (run.problem) line.append(Object.assign(document.createElement("p"), { className: "notice", textContent: run.problem }));
    run.input = name;
    return line;
  }));
  element("send").hidden = !runs.length;
  element("plan").hidden = false;
}

function number(name, factor) {
  const value = form.elements[name].value;
  return value === "" ? {} : { [name === "height" ? "height_m" : "speed_mps"]: Number(value) * factor };
}

async function send() {
  element("send").disabled = true;
  element("sending").hidden = false;
  element("error").hidden = true;
  try {
    const given = { ...number("height", 0.01), ...number("speed", 1 / 3.6) };
    const batch = await api("POST", "/api/v1/batches", {});
    const whole = runs.reduce((sum, run) => sum + run.films.length, 0);
    let sent = 0;
    for (const run of runs.filter((one) => !one.problem)) {
      const athlete = await api("POST", "/api/v1/athletes", { name: run.input.value });
      const uploads = [];
      for (const name of run.films) {
        const show = (share) => {
          element("sent").value = (sent + share) / whole;
          element("status").textContent = fill(texts.uploading, { name, percent: Math.floor(share * 100) });
        };
        show(0);
        uploads.push(await upload(files.get(name), athlete.id, { onProgress: show, onTrouble: (bad) => { if (bad) element("status").textContent = texts.interrupted; } }));
        sent += 1;
      }
      await api("POST", `/api/v1/batches/${batch.id}/runs`, { athlete: athlete.id, uploads, session: run.session.slice(0, 200), ...given, ...(run.options.date ? { date: run.options.date } : {}) });
    }
    location.assign(`/batches/${batch.id}`);
  } catch (error) {
    tell(error);
    element("send").disabled = false;
  }
}

if (form) {
  element("files").addEventListener("change", (event) => plan([...event.target.files].map((file) => [file.webkitRelativePath || file.name, file])));
  element("send").addEventListener("click", send);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("over");
    // Entries are gone after the first wait, so all are taken at once.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const dropped = [...event.dataTransfer.files].map((file) => [file.name, file]);
    const found = entries.length ? (await Promise.all(entries.map((entry) => inside(entry, "")))).flat() : dropped;
    plan(found);
  });
}
