(() => {
  "use strict";
  const players = document.querySelectorAll(".player");
  // The video may hold parts of the clip: rows of start and end in the clip, and start in the video.
  const partsOf = (player) => JSON.parse(player.dataset.parts);
  const inVideo = (player, clip) => {
    let best = { away: Infinity, at: 0 };
    for (const [start, end, at] of partsOf(player)) {
      const near = Math.min(Math.max(clip, start), end - 0.5 / Number(player.dataset.fps));
      const away = Math.abs(clip - near);
      if (away < best.away) best = { away, at: at + near - start };
    }
    return best;
  };
  const inClip = (parts, seconds) => {
    let row = 0;
    while (row + 1 < parts.length && seconds >= parts[row + 1][2] - 1e-3) row += 1;
    const [start, end, at] = parts[row];
    return { row, since: seconds - at, clip: Math.min(start + seconds - at, end) };
  };
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
    // Own controls below the picture: the browser's lie over the line of numbers that is drawn into it.
    video.removeAttribute("controls");
    const bar = player.querySelector(".needs-script");
    bar.hidden = false;
    const play = bar.querySelector("[data-play]"), at = bar.querySelector("[data-position]"), whole = bar.querySelector("[data-whole]");
    const toggle = () => (video.paused ? video.play() : video.pause());
    play.addEventListener("click", toggle);
    video.addEventListener("click", toggle);
    video.addEventListener("play", () => { play.textContent = "❚❚"; });
    video.addEventListener("pause", () => { play.textContent = "▶"; });
    const clock = bar.querySelector("[data-clock]"), parts = partsOf(player);
    const tell = () => {
      const { row, since, clip } = inClip(parts, video.currentTime);
      const jump = row > 0 && since < 1.5 ? parts[row][0] - parts[row - 1][1] : 0;
      const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
      const number = (value) => value.toLocaleString(document.documentElement.lang || "en", digits);
      clock.textContent = clock.dataset.text.replace("{time}", number(clip)) +
        (jump > 0.05 ? " " + clock.dataset.jump.replace("{seconds}", number(jump)) : "");
    };
    tell();
    for (const change of ["timeupdate", "seeked"]) video.addEventListener(change, tell);
    video.addEventListener("timeupdate", () => {
      if (video.duration) at.value = String(Math.round(1000 * video.currentTime / video.duration));
    });
    at.addEventListener("input", () => {
      if (video.duration) video.currentTime = Number(at.value) / 1000 * video.duration;
    });
    if (video.requestFullscreen) whole.addEventListener("click", () => video.requestFullscreen());
    else whole.hidden = true;
  }
  const reveal = (element) => {
    for (let part = element; part; part = part.parentElement) if (part.localName === "details") part.open = true;
  };
  const show = (id, seconds, from) => {
    const player = document.getElementById(id);
    const video = player.querySelector("video");
    reveal(player);
    video.pause();
    // The middle of a frame: its edge may show the one before.
    const place = inVideo(player, seconds);
    video.currentTime = place.at + 0.5 / Number(player.dataset.fps);
    player.querySelector(".absent").hidden = place.away < 1 / Number(player.dataset.fps);
    player.scrollIntoView({ block: "nearest" });
    const back = player.querySelector(".back");
    if (from) {
      back.hidden = false;
      back.firstElementChild.onclick = (event) => {
        event.preventDefault();
        back.hidden = true;
        from.scrollIntoView({ block: "center" });
        from.focus({ preventScroll: true });
      };
    }
    return video;
  };
  for (const link of document.querySelectorAll("[data-seek]")) {
    const from = link.localName === "button" ? link : null;
    const go = () => show(link.dataset.player, Number(link.dataset.seek), from);
    link.addEventListener("click", () => {
      go();
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
      const { begin, end, player } = area.dataset;
      // A mark under the finger shows its own moment, such as a landing; what lies between marks shows where it lies.
      const mark = [...area.parentNode.querySelectorAll("[data-seek]")].find((one) => {
        const at = one.getBoundingClientRect();
        return at.left <= event.clientX && event.clientX <= at.right && at.top <= event.clientY && event.clientY <= at.bottom;
      });
      const pointed = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
      const time = mark ? Number(mark.dataset.seek) : Number(begin) + pointed * (Number(end) - Number(begin));
      const share = (time - Number(begin)) / (Number(end) - Number(begin));
      show(player, time);
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
      toggle.textContent = toggle.dataset.start;
    };
    toggle.addEventListener("click", () => {
      if (timer) return stop();
      sound = new AudioContext();
      next = sound.currentTime + 0.1;
      timer = setInterval(ahead, 50);
      toggle.setAttribute("aria-pressed", "true");
      toggle.textContent = toggle.dataset.stop;
    });
    for (const button of metronome.querySelectorAll('[data-beat="1"], [data-beat="-1"]')) {
      button.addEventListener("click", () => {
        input.value = String(Math.min(Math.max(beat() + Number(button.dataset.beat), least), most));
      });
    }
    input.addEventListener("change", () => { input.value = String(beat()); });
  }
  // What a link leads to may lie in a fold.
  const goTo = (hash) => {
    const target = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
    if (!target) return;
    reveal(target);
    const fold = target.querySelector(":scope > details.fold");
    if (fold && target.querySelectorAll(":scope > details.fold").length === 1) fold.open = true;
    target.scrollIntoView();
  };
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    link.addEventListener("click", () => setTimeout(goTo, 0, link.hash));
  }
  if (location.hash) goTo(location.hash);
  const contents = document.getElementById("contents");
  const wide = matchMedia("(min-width: 68rem)");
  const unfolded = document.querySelectorAll("details[data-wide]");
  const lay = () => {
    contents.open = wide.matches;
    if (wide.matches) for (const fold of unfolded) fold.open = true;
  };
  wide.addEventListener("change", lay);
  lay();
  for (const link of contents.querySelectorAll("a")) {
    link.addEventListener("click", () => { if (!wide.matches) contents.open = false; });
  }
  // The first screen follows the answers: answers.js has ranked the advice again.
  const first = document.getElementById("top");
  const toneOfFilm = first.dataset.film;
  document.addEventListener("gait:answers", ({ detail }) => {
    const urgency = detail.urgency || "";
    first.dataset.tone = urgency || toneOfFilm;
    for (const line of first.querySelectorAll("[data-plain]")) {
      line.textContent = line.dataset[urgency || "plain"];
      line.hidden = !line.textContent;
    }
    first.querySelector(".alert").hidden = !detail.warnings.length;
    first.querySelector(".withheld").hidden = !detail.exercises_withheld || urgency === "now";
    const best = detail.step;
    const part = (name) => first.querySelector(`[data-step="${name}"]`);
    if (best) {
      part("title").textContent = best.title;
      part("text").textContent = firstSentences(best.text);
      part("link").setAttribute("href", `#general-${best.id}`);
    }
    for (const training of document.querySelectorAll("[data-training]")) {
      training.hidden = urgency === "now" || (training.matches(".step") && !best);
    }
  });
  const firstSentences = (text) => {
    let kept = "";
    for (const sentence of text.match(/.+?(?:[.!?](?=\s|$)|$)\s*/g) || []) {
      if (kept && kept.length + sentence.trimEnd().length > 190) break;
      kept += sentence;
    }
    return kept.trim();
  };
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
  // Paper cannot be unfolded: print what matters, then fold back what was folded.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.printed:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });
})();
