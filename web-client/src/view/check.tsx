// Before entering: the own picture, a level that moves, devices by name, a tone, the name that others see, one button.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Capture } from "../engine/capture";
import { listDevices, NO_DEVICES } from "../engine/devices";
import type { Device, Devices } from "../engine/devices";
import { meter, playTone } from "../engine/meter";
import { failureOf } from "../model/failure";
import type { Failure } from "../model/failure";
import type { Prefs } from "../model/prefs";
import { useCell, usePrefs, useServices, useTheme, useWords } from "./hooks";
import { Icon, Mark } from "./icons";
import { Button, IconButton, Meter, Name, Problem } from "./parts";
import { PermissionHelp } from "./permission";
import { SettingsMenu } from "./settings";

export interface CheckProps {
  readonly title?: string;
  readonly org?: string;
  /** Of the account; a guest without one is asked. */
  readonly name?: string;
  readonly capture: Capture;
  readonly onJoin: (name: string) => void;
}

type Kind = "camera" | "mic";

interface Trying {
  readonly busy: boolean;
  readonly failure?: Failure;
}

const IDLE: Trying = { busy: false };

/** Opens camera and microphone as wished, each by itself: one that fails leaves the other alone. */
export function useDevices(capture: Capture) {
  const { prefs } = useServices();
  const wish = usePrefs();
  const [camera, setCamera] = useState<Trying>(IDLE);
  const [mic, setMic] = useState<Trying>(IDLE);
  const [devices, setDevices] = useState<Devices>(NO_DEVICES);
  const list = useCallback(() => void listDevices().then(setDevices, () => setDevices(NO_DEVICES)), []);
  const open = useCallback(async (kind: Kind, id: string | undefined) => {
    const set = kind === "camera" ? setCamera : setMic;
    set({ busy: true });
    try {
      await (kind === "camera" ? capture.openCamera(id) : capture.openMic(id));
      set(IDLE);
    } catch (error) {
      set({ busy: false, failure: failureOf(error) });
    }
    list();
  }, [capture, list]);
  useEffect(() => {
    void (async () => {
      if (wish.mic_on) await open("mic", wish.mic);
      if (wish.camera_on) await open("camera", wish.camera);
      list();
    })();
    const media = navigator.mediaDevices as MediaDevices | undefined;
    media?.addEventListener("devicechange", list);
    return () => media?.removeEventListener("devicechange", list);
  }, []);
  const toggle = (kind: Kind): void => {
    const on = kind === "camera" ? wish.camera_on : wish.mic_on;
    prefs.update((p): Prefs => (kind === "camera" ? { ...p, camera_on: !on } : { ...p, mic_on: !on }));
    if (on) capture.drop(kind);
    else void open(kind, kind === "camera" ? wish.camera : wish.mic);
  };
  const choose = (kind: Kind | "speaker", id: string | undefined): void => {
    prefs.update((p) => ({ ...p, [kind]: id }));
    if (kind !== "speaker") void open(kind, id);
  };
  const retry = (): void => {
    if (mic.failure && wish.mic_on) void open("mic", wish.mic);
    if (camera.failure && wish.camera_on) void open("camera", wish.camera);
  };
  return { wish, camera, mic, devices, toggle, choose, retry };
}

export function Check({ title, org, name, capture, onJoin }: CheckProps) {
  const words = useWords();
  const { prefs, go } = useServices();
  const devices = useDevices(capture);
  const { wish } = devices;
  const guest = name === undefined;
  const [typed, setTyped] = useState(wish.guest_name);
  const [need_name, setNeedName] = useState(false);
  useTheme(false);
  const shown = (guest ? typed : name).trim();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!shown) return setNeedName(true);
    if (guest) prefs.update((p) => ({ ...p, guest_name: shown }));
    onJoin(shown);
  };
  const trouble = devices.camera.failure ?? devices.mic.failure;
  const neither = devices.camera.failure !== undefined && devices.mic.failure !== undefined;
  return (
    <div class="page">
      <header class="page-head">
        {guest ? <Mark size={32} /> : <IconButton icon="left" label={words.back} onClick={() => go("/")} />}
        <span class="page-brand">{guest ? words.product : words.check.title}</span>
        <span class="page-who" />
        <SettingsMenu />
      </header>
      <main id="main" class="check">
        <CheckPicture capture={capture} opened={devices} name={shown} />
        <form class="check-form" onSubmit={submit} noValidate>
          <div>
            <p class="check-org">{org ?? (guest ? words.check.guest_title : "")}</p>
            <h1 class="page-title">{title ?? words.check.title}</h1>
          </div>
          {!trouble && <p class="check-intro">{words.check.intro}</p>}
          {guest ? <GuestName value={typed} missing={need_name && !shown} onInput={setTyped} /> : <p class="check-name"><span class="field-label">{words.check.shown_as}</span><strong><Name text={name} /></strong></p>}
          <CheckPickers opened={devices} />
          <div class="check-join">
            <Button kind="main" large wide type="submit">{neither ? words.check.join_without : words.check.join}</Button>
          </div>
        </form>
      </main>
    </div>
  );
}

type Opened = ReturnType<typeof useDevices>;

/** The own picture, its switches, what is wrong with the devices, and a level that moves. */
export function CheckPicture({ capture, opened, name }: { readonly capture: Capture; readonly opened: Opened; readonly name: string }) {
  const words = useWords();
  const tracks = useCell(capture.tracks);
  const { wish, camera, mic, toggle, retry } = opened;
  const trouble = camera.failure ?? mic.failure;
  return (
    <div class="check-picture">
      <Preview track={tracks.camera} busy={camera.busy} name={name} mirrored />
      <div class="check-toggles">
        <Toggle on={wish.mic_on && !!tracks.mic} icon="mic" label={tracks.mic ? words.check.mic_on : words.check.mic_off} onClick={() => toggle("mic")} />
        <Toggle on={wish.camera_on && !!tracks.camera} icon="camera" label={tracks.camera ? words.check.camera_on : words.check.camera_off} onClick={() => toggle("camera")} />
      </div>
      {trouble && <Trouble failure={trouble} onRetry={retry} />}
      {!mic.failure && <Level track={tracks.mic} />}
    </div>
  );
}

/** Devices by name, and a tone. */
export function CheckPickers({ opened }: { readonly opened: Opened }) {
  const words = useWords();
  const { wish, devices, choose } = opened;
  return (
    <div class="check-pickers">
      <Picker label={words.check.camera} devices={devices.cameras} value={wish.camera} onChoose={(id) => choose("camera", id)} disabled={!wish.camera_on} />
      <Picker label={words.check.mic} devices={devices.mics} value={wish.mic} onChoose={(id) => choose("mic", id)} disabled={!wish.mic_on} />
      {devices.speakers.length > 0 && <Picker label={words.check.speaker} devices={devices.speakers} value={wish.speaker} onChoose={(id) => choose("speaker", id)} />}
      <Tone speaker={wish.speaker} />
    </div>
  );
}

function Trouble({ failure, onRetry }: { readonly failure: Failure; readonly onRetry: () => void }) {
  const words = useWords();
  const denied = failure.kind === "camera_denied" || failure.kind === "mic_denied";
  return (
    <Problem failure={failure}>
      {denied && <PermissionHelp />}
      {failure.kind !== "insecure" && <p class="problem-act"><Button icon="refresh" onClick={onRetry}>{words.retry}</Button></p>}
    </Problem>
  );
}

function Preview({ track, busy, name, mirrored }: { readonly track?: MediaStreamTrack; readonly busy: boolean; readonly name: string; readonly mirrored: boolean }) {
  const words = useWords();
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = track ? new MediaStream([track]) : null;
  }, [track]);
  return (
    <div class="tile preview" data-source="camera">
      {!track && <div class="tile-blank"><Icon name="camera_off" size={40} /><p>{busy ? words.check.starting : words.check.no_picture}</p></div>}
      {track && <video ref={video} class={mirrored ? "picture mirrored" : "picture"} autoPlay playsInline muted />}
      {name && <div class="tile-label"><Name text={name} /></div>}
    </div>
  );
}

function Toggle({ on, icon, label, onClick }: { readonly on: boolean; readonly icon: Kind; readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" class={on ? "button toggle" : "button toggle off"} aria-pressed={on} onClick={onClick}>
      <Icon name={on ? icon : `${icon}_off`} />
      {label}
    </button>
  );
}

function Level({ track }: { readonly track?: MediaStreamTrack }) {
  const words = useWords();
  const [level, setLevel] = useState(0);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    setLevel(0);
    setHeard(false);
    return track && meter(track, (now) => {
      setLevel(now);
      if (now > 0.3) setHeard(true);
    });
  }, [track]);
  const says = !track ? words.check.mic_is_off : heard ? words.check.level_ok : words.check.level_wait;
  return (
    <div class="check-level">
      <Icon name={track ? "mic" : "mic_off"} />
      <Meter level={level} label={words.check.level} />
      <span class={heard && track ? "check-heard good" : "check-heard"}>{heard && track && <Icon name="check" size={16} />}{says}</span>
    </div>
  );
}

function GuestName({ value, missing, onInput }: { readonly value: string; readonly missing: boolean; readonly onInput: (value: string) => void }) {
  const words = useWords();
  return (
    <label class="field">
      <span class="field-label">{words.check.shown_as}</span>
      <input class="input large" name="name" value={value} maxLength={60} placeholder={words.check.name_hint} autoComplete="organization" aria-invalid={missing} onInput={(event) => onInput(event.currentTarget.value)} />
      {missing && <span class="field-trouble" role="alert">{words.check.name_need}</span>}
    </label>
  );
}

interface PickerProps {
  readonly label: string;
  readonly devices: readonly Device[];
  readonly value?: string;
  readonly disabled?: boolean;
  readonly onChoose: (id: string | undefined) => void;
}

export function Picker({ label, devices, value, disabled = false, onChoose }: PickerProps) {
  const words = useWords();
  const known = devices.some((d) => d.id === value) ? value : "";
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <select class="input" value={known} disabled={disabled} onChange={(event) => onChoose(event.currentTarget.value || undefined)}>
        <option value="">{words.check.default_device}</option>
        {devices.filter((d) => d.id !== "default" && d.id !== "communications").map((d, n) => <option key={d.id} value={d.id}>{d.label || words.check.unnamed(label, n + 1)}</option>)}
      </select>
    </label>
  );
}

function Tone({ speaker }: { readonly speaker?: string }) {
  const words = useWords();
  const [playing, setPlaying] = useState(false);
  const play = async (): Promise<void> => {
    setPlaying(true);
    await playTone(speaker).catch(() => undefined); // no sound device: the button is ready again
    setPlaying(false);
  };
  return <Button icon="volume" disabled={playing} onClick={() => void play()}>{playing ? words.check.tone_playing : words.check.tone}</Button>;
}
