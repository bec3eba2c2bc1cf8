// The one icon set: 24 units, a 1.75 line, drawn for this product. Each stands beside a word or under a label.
const SHAPES = {
  mic: ["M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3Z", "M5.5 11.5a6.5 6.5 0 0 0 13 0", "M12 18v3"],
  mic_off: ["M15 9.2V6a3 3 0 0 0-5.6-1.5", "M9 9v3a3 3 0 0 0 4.7 2.5", "M5.5 11.5a6.5 6.5 0 0 0 10.3 5.3M18.5 11.5c0 1-.2 1.9-.6 2.7", "M12 18v3", "M4 4l16 16"],
  camera: ["M4.5 6.5h9a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2Z", "M15.5 11l6-3.5v9l-6-3.5"],
  camera_off: ["M9.5 6.5h4a2 2 0 0 1 2 2v4M15.5 15.5a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2", "M15.5 11l6-3.5v9l-3-1.7", "M4 4l16 16"],
  screen: ["M4 4.5h16a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 15V6A1.5 1.5 0 0 1 4 4.5Z", "M8 20.5h8", "M12 13.5v-6M9.3 10 12 7.3l2.7 2.7"],
  chat: ["M5 4.5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-4.5 4v-4H5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2Z", "M8 9h8M8 12.5h5"],
  people: ["M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z", "M2.5 19.5a6.5 6.5 0 0 1 13 0", "M16 5a3.2 3.2 0 0 1 0 6M18 14.2a6 6 0 0 1 3.5 5.3"],
  grid: ["M4 4h6.5v6.5H4ZM13.5 4H20v6.5h-6.5ZM4 13.5h6.5V20H4ZM13.5 13.5H20V20h-6.5Z"],
  stage: ["M3.5 4h17v10.5h-17Z", "M3.5 18h4v2.5h-4ZM10 18h4v2.5h-4ZM16.5 18h4v2.5h-4Z"],
  more: ["M5 12h.01M12 12h.01M19 12h.01"],
  leave: ["M14 4H6.5A1.5 1.5 0 0 0 5 5.5v13A1.5 1.5 0 0 0 6.5 20H14", "M10.5 12H21M17.5 8.5 21 12l-3.5 3.5"],
  lock: ["M6 10.5h12a1 1 0 0 1 1 1V19a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 19v-7.5a1 1 0 0 1 1-1Z", "M8 10.5V7.5a4 4 0 0 1 8 0v3"],
  unlock: ["M6 10.5h12a1 1 0 0 1 1 1V19a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 19v-7.5a1 1 0 0 1 1-1Z", "M8 10.5V7.5a4 4 0 0 1 7.7-1.5"],
  link: ["M10 14a4 4 0 0 0 5.7.3l3.5-3.5a4 4 0 0 0-5.7-5.7l-1.7 1.7", "M14 10a4 4 0 0 0-5.7-.3l-3.5 3.5a4 4 0 0 0 5.7 5.7l1.7-1.7"],
  end: ["M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z", "M9 9h6v6H9Z"],
  search: ["M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z", "M15.5 15.5 20.5 20.5"],
  close: ["M6 6l12 12M18 6 6 18"],
  left: ["M14.5 5.5 8 12l6.5 6.5"],
  right: ["M9.5 5.5 16 12l-6.5 6.5"],
  up: ["M5.5 14.5 12 8l6.5 6.5"],
  down: ["M5.5 9.5 12 16l6.5-6.5"],
  check: ["M4.5 12.5 10 18 19.5 7"],
  alert: ["M12 4 2.8 19.5h18.4Z", "M12 10v4.5M12 17h.01"],
  info: ["M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17Z", "M12 11v5M12 8h.01"],
  pin: ["M9 4h6l-.7 6 3.2 3.5H6.5L9.7 10Z", "M12 13.5V20.5"],
  volume: ["M4 9.5h3.5L12 5.5v13l-4.5-4H4Z", "M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11"],
  globe: ["M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17Z", "M3.5 12h17M12 3.5c5 5.5 5 11.5 0 17-5-5.5-5-11.5 0-17Z"],
  theme: ["M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17Z", "M12 3.5v17M12 7l7-1.5M12 12h8.5M12 17l7 1.5"],
  keyboard: ["M4 6h16a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 20 18H4a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 4 6Z", "M6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14h8"],
  pulse: ["M3 12.5h4l2.5-7 4.5 13 2.5-6H21"],
  settings: ["M4 7h9M17 7h3M4 17h3M11 17h9", "M15 4.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4ZM9 14.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4Z"],
  send: ["M4 4.5 21 12 4 19.5l2.5-7.5Z", "M6.5 12H13"],
  eye: ["M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12Z", "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z"],
  eye_off: ["M5 8.5A15 15 0 0 0 2.5 12c2.5 4.5 5.8 6.5 9.5 6.5 1.5 0 3-.3 4.3-1M10 5.7c4.7-.8 8.6 1.3 11.5 6.3a15 15 0 0 1-2 2.8", "M4 4l16 16"],
  remove: ["M10 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z", "M3.5 19.5a6.5 6.5 0 0 1 11-4.7", "M16.5 18h5"],
  crown: ["M4 17.5 3 8l5 3.5L12 5l4 6.5L21 8l-1 9.5Z"],
  person: ["M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4Z", "M5 20a7 7 0 0 1 14 0"],
  wave: ["M5 10v4M9 7v10M13 9v6M17 6v12"],
  copy: ["M9 9h10v11H9Z", "M15 9V4.5H5v11h4"],
  refresh: ["M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15"],
  home: ["M4 11.5 12 4.5l8 7", "M6.5 9.8v9.7h11V9.8", "M10 19.5v-5.5h4v5.5"],
  tree: ["M9 3.5h6v4.5H9Z", "M3 16h6v4.5H3ZM15 16h6v4.5h-6Z", "M12 8v4M6 16v-4h12v4"],
  key: ["M8 11a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z", "M10.8 12.2 19.5 3.5M16.5 6.5 19 9M14 9l2 2"],
  shield: ["M12 3.5 19 6v6c0 4.3-2.9 7-7 8.5C7.9 19 5 16.3 5 12V6Z", "M9 12l2.2 2.200L15.3 10"],
  list: ["M8.5 6.5h12M8.5 12h12M8.5 17.5h12", "M4 6.5h.01M4 12h.01M4 17.5h.01"],
  device: ["M7.5 3h9A1.5 1.5 0 0 1 18 4.5v15a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 6 19.5v-15A1.5 1.5 0 0 1 7.5 3Z", "M11 18h2"],
  chart: ["M4.5 4v15.5H20", "M9 16.5v-4M13 16.5V8M17 16.5v-6"],
  download: ["M12 4v11M7.5 10.5 12 15l4.5-4.5", "M4.5 19.5h15"],
  print: ["M7.5 8V3.5h9V8", "M7.5 16.5H4V9.5A1.5 1.5 0 0 1 5.5 8h13A1.5 1.5 0 0 1 20 9.5v7h-3.5", "M7.5 13.5h9v7h-9Z"],
  hand: ["M8.5 12.500V6.500a1.500 1.500 0 0 1 3 0V11M11.500 10.500V4.500a1.500 1.500 0 0 1 3 0V11M14.500 11V6.500a1.500 1.500 0 0 1 3 0V14a6.500 6.500 0 0 1-6.500 6.500c-3 0-4.600-1.600-6-4L3.300 13.400a1.500 1.500 0 0 1 2.500-1.600l2.700 2.700"],
  plus: ["M12 5v14M5 12h14"],
  calendar: ["M5 5.5h14A1.5 1.5 0 0 1 20.5 7v11.5A1.5 1.5 0 0 1 19 20H5a1.5 1.5 0 0 1-1.5-1.5V7A1.5 1.5 0 0 1 5 5.5Z", "M3.5 10h17M8 3.5v4M16 3.5v4"],
  expand: ["M4 9.5V4h5.5M14.5 4H20v5.5M20 14.5V20h-5.5M9.5 20H4v-5.5"],
  bell: ["M12 3.5a5.5 5.5 0 0 0-5.5 5.5c0 5-2 6.5-2 8h15c0-1.5-2-3-2-8A5.5 5.5 0 0 0 12 3.5Z", "M10 20a2.2 2.2 0 0 0 4 0"],
  play: ["M8 5.5v13l10.5-6.5Z"],
  pause: ["M8.5 5.5v13M15.500 5.500v13"],
  note: ["M5 4.500h14v15H5Z", "M8.5 9h7M8.5 12.500h7M8.5 16h4"],
  volume_off: ["M4 9.500h3.500L12 5.500v13l-4.500-4H4Z", "M16 9.500l5 5M21 9.500l-5 5"],
  broadcast: ["M12 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z", "M8 16a5.6 5.6 0 0 1 0-8M16 8a5.6 5.6 0 0 1 0 8M5.2 18.8a9.6 9.6 0 0 1 0-13.6M18.8 5.2a9.6 9.6 0 0 1 0 13.6"],
} satisfies Record<string, readonly string[]>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width={name === "more" ? 3 : 1.75} stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      {SHAPES[name].map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}

/** People under one roof: the mark of the hall. */
export function Mark({ size = 40 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" class="mark">
      <rect width="32" height="32" rx="7" />
      <path d="M5.5 15 16 7l10.5 8" />
      <circle cx="8.7" cy="22.3" r="2.5" />
      <circle cx="16" cy="20.8" r="3.2" />
      <circle cx="23.3" cy="22.3" r="2.5" />
    </svg>
  );
}

const ROWS = [120, 190, 260, 330, 400, 470, 540, 610];

/** The hall from above, as a quiet drawing behind a page. */
export function Hall() {
  return (
    <svg class="hall" viewBox="-700 -660 1400 660" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      {ROWS.map((radius, row) => (
        <circle key={radius} r={radius} fill="none" stroke="currentColor" transform="rotate(90)" stroke-width="12" stroke-dasharray={`${16 + row} ${11 + row * 0.7}`} />
      ))}
      <circle r="26" class="hall-stage" />
    </svg>
  );
}
