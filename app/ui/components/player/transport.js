// Moves a video by frames: play, shuttle, step. It never leaves the frames of `range`, which the
// caller may change; `ended` is called when playing reaches their end. Times handed to the browser
// lie in the middle of a frame, so that rounding never shows the neighbour.

const FASTEST = 8;

const transport = (video, { fps, offset, range, loops, show, ended = () => {} }) => {
  let backwards = 0; // how many times as fast; browsers play forwards only
  // A player counts from the start of the file, where the sound may begin before the picture.
  const timeOf = (frame) => (frame + 0.5) / fps + offset;
  const clamp = (frame) => Math.max(range.start, Math.min(range.end - 1, frame));
  const frame = () => Math.floor((video.currentTime - offset) * fps);
  const place = (to) => { video.currentTime = timeOf(clamp(to)); };
  // Chromium may never end a seek that a play and a pause interrupt, unless asked again.
  const pause = () => {
    backwards = 0;
    video.pause();
    if (video.seeking) video.currentTime = video.currentTime;
  };
  const seek = (to) => { backwards = 0; place(to); };
  const step = (by) => { const now = clamp(frame()); pause(); place(now + by); };
  const play = (rate = 1) => {
    backwards = 0;
    if (frame() >= range.end - 1 || frame() < range.start) place(range.start);
    video.playbackRate = rate;
    video.play().catch(show); // some browsers refuse without a click: the button is there
  };

  // A browser looks at the clock once a displayed frame, and must not show the first frame after
  // the range: so it is stopped within its last one.
  const watch = () => {
    if (!video.isConnected) return;
    if (!video.paused && (video.currentTime >= timeOf(range.end - 1) || video.ended)) {
      if (loops()) place(range.start);
      else { video.pause(); place(range.end - 1); ended(); }
    }
    show();
    if (!video.paused) requestAnimationFrame(watch);
  };
  const rewind = (rate) => {
    video.pause();
    backwards = rate;
    let from = clamp(frame()), since = performance.now();
    const draw = (now) => {
      if (backwards !== rate || !video.isConnected) return;
      const to = from - ((now - since) / 1000) * fps * rate;
      if (!video.seeking) place(Math.round(to));
      if (to > range.start) requestAnimationFrame(draw);
      else seek(range.start);
    };
    requestAnimationFrame(draw);
  };

  return {
    clamp, frame, seek, step, pause, watch,
    playing: () => !video.paused || backwards > 0,
    toggle: () => (video.paused && !backwards ? play() : pause()),
    play,
    // J and L: pressed again, twice as fast; the other one turns round.
    forwards: () => play(video.paused ? 1 : Math.min(FASTEST, 2 * video.playbackRate)),
    reverse: () => rewind(backwards ? Math.min(FASTEST, 2 * backwards) : 1),
    rate: () => (backwards ? -backwards : video.paused ? 0 : video.playbackRate),
  };
};
