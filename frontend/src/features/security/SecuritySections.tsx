import { AccountSection } from "./AccountSection";
import { PasskeySection } from "./PasskeySection";
import { PasswordSection } from "./PasswordSection";
import { SessionSection } from "./SessionSection";
import { TokenSection } from "./TokenSection";
import { TwoStepSection } from "./TwoStepSection";

export default function SecuritySections() {
  return (
    <>
      <AccountSection />
      <PasswordSection />
      <TwoStepSection />
      <PasskeySection />
      <SessionSection />
      <TokenSection />
    </>
  );
}
