(() => {
  "use strict";
  const players = document.querySelectorAll(".player");
  for (const player of players) {
    const video = player.querySelector("video");
    const frame = 1 / Number(player.dataset.fps);
    const rates = player.querySelectorAll("[data-rate]");
    const setRate = (rate) => {
      video.playbackRate = rate;
      for (const button of rates) button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === rate));
    };
    for (const button of rates) button.addEventListener("click", () => setRate(Number(button.dataset.rate)));
    for (const button of player.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => {
        video.pause();
        // The middle of a frame: its edge may show the one before.
        const now = Math.floor(video.currentTime / frame + 1e-3);
        video.currentTime = Math.max(0, (now + Number(button.dataset.step) + 0.5) * frame);
      });
    }
    video.addEventListener("error", () => player.classList.add("unavailable"), true);
  }
  const show = (id, seconds) => {
    const player = document.getElementById(id);
    const video = player.querySelector("video");
    video.pause();
    // The middle of a frame: its edge may show the one before.
    video.currentTime = seconds + 0.5 / Number(player.dataset.fps);
    player.scrollIntoView({ block: "nearest" });
    return video;
  };
  for (const link of document.querySelectorAll("[data-seek]")) {
    const go = () => show(link.dataset.player, Number(link.dataset.seek));
    link.addEventListener("click", () => {
      const video = go();
      if (link.localName === "button") video.focus({ preventScroll: true });
    });
    // Buttons listen to keys by themselves, parts of a drawing do not.
    if (link.localName !== "button") {
      link.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        go();
      });
    }
  }
  for (const area of document.querySelectorAll(".catch")) {
    area.addEventListener("click", (event) => {
      const box = area.getBoundingClientRect();
      const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
      const { begin, end, player } = area.dataset;
      show(player, Number(begin) + share * (Number(end) - Number(begin)));
      let line = area.parentNode.querySelector(".here");
      if (!line) {
        line = document.createElementNS(area.namespaceURI, "line");
        line.setAttribute("class", "here");
        area.before(line);
      }
      const x = Number(area.getAttribute("x")) + share * Number(area.getAttribute("width"));
      for (const name of ["x1", "x2"]) line.setAttribute(name, x);
      line.setAttribute("y1", area.getAttribute("y"));
      line.setAttribute("y2", Number(area.getAttribute("y")) + Number(area.getAttribute("height")));
    });
  }
  const metronome = document.getElementById("metronome");
  if (metronome) {
    const input = metronome.querySelector("input");
    const toggle = metronome.querySelector('[data-beat="toggle"]');
    const pulse = metronome.querySelector(".pulse");
    const least = Number(input.min), most = Number(input.max);
    let sound = null, timer = 0, next = 0;
    const beat = () => Math.min(Math.max(Math.round(Number(input.value)) || least, least), most);
    const click = (at) => {
      const tone = sound.createOscillator(), loud = sound.createGain();
      tone.frequency.value = 1000;
      loud.gain.setValueAtTime(0.0001, at);
      loud.gain.exponentialRampToValueAtTime(0.5, at + 0.002);
      loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.06);
      tone.connect(loud).connect(sound.destination);
      tone.start(at);
      tone.stop(at + 0.07);
      const wait = 1000 * (at - sound.currentTime);
      setTimeout(() => pulse.classList.add("on"), wait);
      setTimeout(() => pulse.classList.remove("on"), wait + 80);
    };
    // Clicks are laid out ahead on the clock of the sound: timers of a page come late.
    const ahead = () => {
      while (next < sound.currentTime + 0.2) {
        click(next);
        next += 60 / beat();
        metronome.dataset.clicks = String(Number(metronome.dataset.clicks || 0) + 1);
      }
    };
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      if (sound) sound.close();
      sound = null;
      toggle.setAttribute("aria-pressed", "false");
      toggle.textContent = "Start the metronome";
    };
    toggle.addEventListener("click", () => {
      if (timer) return stop();
      sound = new AudioContext();
      next = sound.currentTime + 0.1;
      timer = setInterval(ahead, 50);
      toggle.setAttribute("aria-pressed", "true");
      toggle.textContent = "Stop";
    });
    for (const button of metronome.querySelectorAll('[data-beat="1"], [data-beat="-1"]')) {
      button.addEventListener("click", () => {
        input.value = String(Math.min(Math.max(beat() + Number(button.dataset.beat), least), most));
      });
    }
    input.addEventListener("change", () => { input.value = String(beat()); });
  }
  // Paper cannot be unfolded: print every source, then fold back what was folded.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });
})();
