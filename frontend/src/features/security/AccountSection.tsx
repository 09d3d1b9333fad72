import { Button } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sessionQuery } from "@/api/queries";
import { Section } from "@/components/PageHeader";
import { Failure } from "@/components/PageStates";
import { useSignOut } from "@/features/auth/useSignOut";
import { EmailDialog } from "./EmailDialog";
import classes from "./security.module.css";

export function AccountSection() {
  const session = useQuery(sessionQuery).data;
  const signOut = useSignOut();
  const [changing, setChanging] = useState(false);
  return (
    <Section title="Account">
      <div className={classes.box}>
        <div className={classes.row}>
          <span>
            Signed in as <b>{session?.email}</b>
          </span>
          <div className={classes.rowButtons}>
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
      <EmailDialog opened={changing} email={session?.email ?? ""} onClose={() => { setChanging(false); }} />
      {signOut.error !== null && <Failure error={signOut.error} title="Signing out failed" />}
    </Section>
  );
}
