// What of one room a superior looks at.
export const LOOK_TABS = ["overview", "absent", "findings"] as const;
export type LookTab = (typeof LOOK_TABS)[number];
