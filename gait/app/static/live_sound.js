// Sound that says "outside", and is silent when right: a tone (higher when too high), or a metronome.

/** One session's sound. Make it in a click: browsers give no sound before. */
export class Sound {
  constructor(kind, beatsPerMinute) {
    this.kind = kind;
    this.interval = 60 / beatsPerMinute;
    this.muted = false;
    this.state = "inside";
    this.context = kind === "none" ? null : new AudioContext({ latencyHint: 0 });
    if (!this.context) return; // 0 asks for the shortest delay: in Chromium 11 ms where "interactive" has 42
    this.context.resume();
    this.gain = this.context.createGain();
    this.gain.gain.value = 0;
    this.gain.connect(this.context.destination);
    if (kind === "tone") {
      this.tone = this.context.createOscillator();
      this.tone.type = "triangle";
      this.tone.connect(this.gain);
      this.tone.start();
    } else {
      this.next = 0;
      this.timer = setInterval(() => this.#plan(), 60);
    }
  }

  /** Seconds from a change to the ear, as far as the browser knows. */
  get delay() {
    return this.context ? (this.context.baseLatency || 0) + (this.context.outputLatency || 0) : 0;
  }

  /** Say how things are: "inside", "low", "high", or null without feedback. Returns whether the sound has changed. */
  show(state) {
    const audible = !this.muted && (state === "low" || state === "high");
    const now = audible ? state : "inside";
    if (!this.context || now === this.state) return false;
    this.state = now;
    const at = this.context.currentTime;
    if (this.kind === "tone") {
      if (audible) this.tone.frequency.setValueAtTime(state === "high" ? 660 : 330, at);
      this.gain.gain.setTargetAtTime(audible ? 0.35 : 0, at, 0.005);
    } else {
      this.gain.gain.setTargetAtTime(audible ? 0.5 : 0, at, 0.001); // beats that are planned already fall silent, too
      this.#plan();
    }
    return true;
  }

  /** Plan the beats of the next 150 ms on the clock of the sound, which does not stutter. */
  #plan() {
    const now = this.context.currentTime;
    if (this.state === "inside") {
      this.next = 0;
      return;
    }
    if (this.next < now) this.next = now;
    while (this.next < now + 0.15) {
      const beat = this.context.createOscillator();
      const volume = this.context.createGain();
      beat.frequency.value = 1000;
      volume.gain.setValueAtTime(1, this.next);
      volume.gain.exponentialRampToValueAtTime(0.001, this.next + 0.05);
      beat.connect(volume).connect(this.gain);
      beat.start(this.next);
      beat.stop(this.next + 0.06);
      this.next += this.interval;
    }
  }

  close() {
    clearInterval(this.timer);
    this.context?.close();
  }
}
