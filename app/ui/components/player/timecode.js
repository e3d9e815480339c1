// SMPTE timecode (ST 12-1) of a frame, as indexer/timecode.py writes it. A clock has the number of
// the film's first frame, the frames that timecode counts in a second, and whether it drops some.

const timecodeOf = ({ first, nominal, drop }, frame) => {
  const dropped = drop ? nominal / 15 : 0; // of each minute but every tenth
  const tenMinutes = 600 * nominal - 9 * dropped;
  const day = 144 * tenMinutes;
  let count = (((first + frame) % day) + day) % day;
  const within = count % tenMinutes;
  const minutes = Math.max(0, Math.floor((within - dropped) / (60 * nominal - dropped)));
  count += dropped * (9 * Math.floor(count / tenMinutes) + minutes);
  const seconds = Math.floor(count / nominal);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return `${parts.map(two).join(":")}${drop ? ";" : ":"}${two(count % nominal)}`;
};
