import { type ComponentType, lazy } from "react";
import { AppearanceSection } from "./AppearanceSection";
import { KeyboardSection } from "./KeyboardSection";
import { RetentionSection } from "./RetentionSection";
import { TimeSection } from "./TimeSection";

// A chunk of its own: these weigh more than all the others together.
const SecuritySections = lazy(() => import("@/features/security/SecuritySections"));

/** The settings page is this list, in this order. A part with settings of its own adds its section here. */
export const SECTIONS: readonly ComponentType[] = [
  AppearanceSection,
  TimeSection,
  KeyboardSection,
  SecuritySections,
  RetentionSection,
];
