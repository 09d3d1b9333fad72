import { Button } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { sessionQuery } from "@/api/queries";
import { Section } from "@/components/PageHeader";
import { Failure } from "@/components/PageStates";
import { useSignOut } from "@/features/auth/useSignOut";
import classes from "./settings.module.css";

const EmailDialog = lazy(() => import("@/features/security/EmailDialog"));

export function AccountSection() {
  const session = useQuery(sessionQuery).data;
  const signOut = useSignOut();
  const [changing, setChanging] = useState<boolean>();
  return (
    <Section title="Account">
      <div className={classes.box}>
        <div className={classes.row}>
          <span>
            Signed in as <b>{session?.email}</b>
          </span>
          <div className={classes.buttons}>
            <Button size="xs" variant="default" onClick={() => { setChanging(true); }}>
              Change e-mail
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconLogout size={14} aria-hidden="true" />}
              loading={signOut.isPending}
              onClick={() => {
                signOut.mutate();
              }}
            >
              Sign out
            </Button>
          </div>
        </div>
      </div>
      {changing !== undefined && (
        <Suspense>
          <EmailDialog opened={changing} email={session?.email ?? ""} onClose={() => { setChanging(false); }} />
        </Suspense>
      )}
      {signOut.error !== null && <Failure error={signOut.error} title="Signing out failed" />}
    </Section>
  );
}
