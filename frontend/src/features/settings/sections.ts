import type { ComponentType } from "react";
import { PasskeySection } from "@/features/security/PasskeySection";
import { PasswordSection } from "@/features/security/PasswordSection";
import { SessionSection } from "@/features/security/SessionSection";
import { TokenSection } from "@/features/security/TokenSection";
import { TwoStepSection } from "@/features/security/TwoStepSection";
import { AccountSection } from "./AccountSection";
import { AppearanceSection } from "./AppearanceSection";
import { KeyboardSection } from "./KeyboardSection";
import { RetentionSection } from "./RetentionSection";
import { TimeSection } from "./TimeSection";

/** The settings page is this list, in this order. A part with settings of its own adds its section here. */
export const SECTIONS: readonly ComponentType[] = [
  AppearanceSection,
  TimeSection,
  KeyboardSection,
  AccountSection,
  PasswordSection,
  TwoStepSection,
  PasskeySection,
  SessionSection,
  TokenSection,
  RetentionSection,
];
