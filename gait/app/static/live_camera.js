// Camera and server of a live session, joined by a worker (live_link.js).

export class CameraLink {
  /** `heard` gets each message of the server, `closed` is called once at the end. */
  constructor({ video, track, opening, heard, closed }) {
    this.video = video;
    this.worker = new Worker("/static/live_link.js");
    this.worker.onmessage = ({ data }) => {
      if (data.type === "message") heard(data.message);
      else if (data.type === "next") this.isFree = true;
      else if (data.type === "closed") closed();
    };
    this.worker.onerror = closed;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const open = {
      type: "open", opening, address: `${scheme}://${location.host}/live/socket`, origin: performance.timeOrigin,
      isLocal: ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname),
    };
    if (typeof MediaStreamTrackProcessor === "undefined") {
      this.worker.postMessage(open);
      this.#watch();
    } else {
      const pictures = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable;
      this.worker.postMessage({ ...open, pictures }, [pictures]);
    }
  }

  /** Send no more pictures, and tell the server that the session is over. */
  stop() {
    this.worker.postMessage({ type: "stop" });
  }

  close() {
    this.isClosed = true;
    this.worker.terminate();
  }

  /** Hand each picture that is shown to the worker: for browsers where it cannot take them itself. */
  #watch() {
    this.isFree = true;
    const next = (now, frame) => {
      if (this.isClosed) return;
      this.video.requestVideoFrameCallback(next);
      if (this.isFree) this.#hand(frame.captureTime ?? now);
    };
    this.video.requestVideoFrameCallback(next);
  }

  async #hand(time) {
    this.isFree = false;
    try {
      const picture = await createImageBitmap(this.video);
      this.worker.postMessage({ type: "picture", picture, time }, [picture]);
    } catch {
      this.isFree = true; // the camera has no picture yet
    }
  }
}
