// A picture of where to click in this browser when the camera was refused.
import { browserName } from "../engine/devices";
import type { BrowserName } from "../engine/devices";
import { useWords } from "./hooks";

function Spot({ browser }: { readonly browser: BrowserName }) {
  if (browser === "firefox") {
    return (
      <g class="draw-hot">
        <rect x="86" y="31" width="15" height="11" rx="2" />
        <path d="M101 35l7-4v11l-7-4M84 27l26 20" />
      </g>
    );
  }
  return (
    <g class="draw-hot">
      <path d="M86 33h8M102 33h8M86 41h14M108 41h2" />
      <circle cx="98" cy="33" r="3.5" />
      <circle cx="104" cy="41" r="3.5" />
    </g>
  );
}

function AddressBar({ browser }: { readonly browser: BrowserName }) {
  return (
    <svg class="address-bar" viewBox="0 0 360 132" aria-hidden="true">
      <rect class="draw-page" x="1" y="1" width="358" height="150" rx="10" />
      <path class="draw-line" d="M1 62h358" />
      <path class="draw-line" d="M22 37h14M22 37l5-5M22 37l5 5M60 37H46M60 37l-5-5M60 37l-5 5" />
      <rect class="draw-field" x="74" y="20" width="268" height="34" rx="17" />
      <path class="draw-text" d="M124 37h110" />
      <circle class="draw-ring" cx="97" cy="37" r="23" />
      <Spot browser={browser} />
      <g class="draw-menu">
        <rect x="74" y="70" width="206" height="54" rx="8" />
        <path class="draw-text" d="M92 88h62M92 107h78" />
        <rect class="draw-switch" x="236" y="81" width="28" height="14" rx="7" />
        <circle class="draw-knob" cx="257" cy="88" r="5" />
        <rect class="draw-switch" x="236" y="100" width="28" height="14" rx="7" />
        <circle class="draw-knob" cx="257" cy="107" r="5" />
      </g>
    </svg>
  );
}

export function PermissionHelp() {
  const words = useWords();
  const browser = browserName();
  const steps = { chromium: words.check.where_chromium, firefox: words.check.where_firefox, safari: words.check.where_safari }[browser];
  return (
    <figure class="permission">
      {browser !== "safari" && <AddressBar browser={browser} />}
      <figcaption>
        <ol class="dialog-list numbered">
          {steps.map((step) => <li key={step}>{step}</li>)}
        </ol>
      </figcaption>
    </figure>
  );
}
