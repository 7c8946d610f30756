import { api, fill, pageTexts } from "/static/api.js";
import { upload } from "/static/resumable.js";

const form = document.getElementById("upload"), texts = pageTexts();
const status = document.getElementById("status"), sent = document.getElementById("sent"), problem = document.getElementById("error");

function number(value, factor) {
  return value === "" ? null : Number(value) * factor;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(form), button = form.querySelector("button");
  button.disabled = true;
  problem.hidden = true;
  document.getElementById("sending").hidden = false;
  try {
    const details = { height_m: number(fields.get("height"), 0.01), speed_mps: number(fields.get("speed"), 1 / 3.6) };
    const athlete = await api("POST", "/api/v1/athletes", { name: fields.get("athlete"), ...details });
    const uploads = [];
    for (const file of form.elements.clips.files) {
      const show = (share) => {
        sent.value = share;
        status.textContent = fill(texts.uploading, { name: file.name, percent: Math.floor(share * 100) });
      };
      show(0);
      uploads.push(await upload(file, athlete.id, { onProgress: show, onTrouble: (bad) => bad && (status.textContent = texts.interrupted) }));
    }
    status.textContent = texts.queued;
    const job = await api("POST", "/api/v1/jobs", { athlete: athlete.id, uploads, options: details });
    location.assign(`/jobs/${job.id}`);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    button.disabled = false;
  }
});
