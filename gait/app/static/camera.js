// A preview with a frame, and recording: where the browser lets a page use the camera.
import { fill } from "/static/api.js";

const RECORD_S = 30;

/** Whether this page may show the camera's picture. */
export const previewWorks = () => Boolean(window.isSecureContext && navigator.mediaDevices?.getUserMedia);

/** Say why there is no picture: browsers name a camera that is not there in their own ways. */
export const cameraFault = (error, texts) => (["NotFoundError", "OverconstrainedError"].includes(error.name) ? texts.none_found : error.message || error.name);

/** Open the preview; `onFilm(file)` is called with a recording, `onProblem(text)` where there is no camera. */
export async function openCamera(view, texts, onFilm, onProblem) {
  const dialog = document.getElementById("camera"), video = dialog.querySelector("video");
  const record = dialog.querySelector("[data-record]"), left = document.getElementById("recording");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 60 } } });
  } catch (error) {
    onProblem(fill(texts.no_camera, { reason: cameraFault(error, texts) }));
    return;
  }
  const settings = stream.getVideoTracks()[0].getSettings();
  document.getElementById("camera-facts").textContent = fill(texts.facts, { width: settings.width, height: settings.height, fps: Math.round(settings.frameRate ?? 30) });
  video.srcObject = stream;
  left.textContent = "";
  dialog.showModal();

  let recorder = null, timer = null;
  const pieces = [];
  const finish = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    record.onclick = null;
  };
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  dialog.onclose = () => {
    if (recorder?.state === "recording") {
      recorder.onstop = null;
      recorder.stop();
    }
    finish();
  };
  record.hidden = typeof MediaRecorder === "undefined";
  record.textContent = texts.record;
  record.onclick = () => {
    if (recorder) return void (recorder.state === "recording" && recorder.stop());
    const type = ["video/mp4;codecs=avc1.42E01F", "video/webm;codecs=h264", "video/webm;codecs=vp8", "video/webm"].find((one) => MediaRecorder.isTypeSupported(one));
    recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 8_000_000 });
    recorder.ondataavailable = (event) => event.data.size && pieces.push(event.data);
    recorder.onstop = () => {
      const kind = type.split(";")[0];
      dialog.close();
      if (!pieces.length) return void onProblem(texts.not_recorded);
      onFilm(new File(pieces, `${view}.${kind.endsWith("mp4") ? "mp4" : "webm"}`, { type: kind }));
    };
    recorder.start(1000);
    record.textContent = texts.stop;
    let seconds = RECORD_S;
    const tick = () => {
      left.textContent = fill(texts.recording, { seconds });
      if (seconds-- <= 0 && recorder.state === "recording") recorder.stop();
    };
    tick();
    timer = setInterval(tick, 1000);
  };
}
