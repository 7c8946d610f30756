// Pictures of the camera to the server: the newest only, never a queue.

const LONGEST_SIDE = 640;
const QUALITY = 0.8;
/** Pictures on their way at most: one is read, one waits and may be overtaken, one travels. */
const MAX_UNDERWAY = 3;

export class PictureSender {
  constructor(video, socket) {
    this.video = video;
    this.socket = socket;
    this.underway = [];
    this.encoding = false;
    this.stopped = false;
    this.sent = 0;
    this.skipped = 0;
    this.canvas = typeof OffscreenCanvas === "undefined" ? document.createElement("canvas") : new OffscreenCanvas(1, 1);
    this.drawing = this.canvas.getContext("2d", { alpha: false, desynchronized: true });
  }

  start() {
    if (this.video.requestVideoFrameCallback) {
      const next = (now, frame) => {
        if (this.stopped) return;
        this.video.requestVideoFrameCallback(next);
        this.#take(frame.captureTime ?? now);
      };
      this.video.requestVideoFrameCallback(next);
    } else {
      this.timer = setInterval(() => this.#take(performance.now()), 33);
    }
  }

  stop() {
    this.stopped = true;
    clearInterval(this.timer);
  }

  /** The server has answered a picture; those before it were overtaken. */
  answered(time) {
    this.underway = this.underway.filter((one) => one > time + 0.001);
  }

  async #take(time) {
    const now = performance.now();
    this.underway = this.underway.filter((one) => one > now - 3000); // lost ones do not stop the others
    const crowded = this.underway.length >= MAX_UNDERWAY || this.socket.bufferedAmount > 60000;
    if (this.encoding || crowded || !this.video.videoWidth || this.socket.readyState !== WebSocket.OPEN) {
      this.skipped += 1;
      return;
    }
    this.encoding = true;
    try {
      const scale = Math.min(1, LONGEST_SIDE / Math.max(this.video.videoWidth, this.video.videoHeight));
      const width = Math.round(this.video.videoWidth * scale);
      const height = Math.round(this.video.videoHeight * scale);
      if (this.canvas.width !== width || this.canvas.height !== height) {
        this.canvas.width = width;
        this.canvas.height = height;
      }
      this.drawing.drawImage(this.video, 0, 0, width, height);
      const blob = this.canvas.convertToBlob
        ? await this.canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY })
        : await new Promise((done) => this.canvas.toBlob(done, "image/jpeg", QUALITY));
      const header = new DataView(new ArrayBuffer(8));
      header.setFloat64(0, time, true);
      if (this.stopped || this.socket.readyState !== WebSocket.OPEN) return;
      this.socket.send(new Blob([header.buffer, blob]));
      this.underway.push(time);
      this.sent += 1;
    } finally {
      this.encoding = false;
    }
  }
}
