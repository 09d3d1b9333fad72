import { Button, Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { body, client } from "@/api/client";
import { factorsQuery, sessionsQuery } from "@/api/queries";
import type { Factors } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { Notice } from "@/components/Notice";
import { Section } from "@/components/PageHeader";
import { Failure, Rows } from "@/components/PageStates";
import { RecoveryCodeList } from "./ShownOnce";
import { TotpForm } from "./TotpForm";
import classes from "./security.module.css";

const FEW = 3;

export function TwoStepSection() {
  const factors = useQuery(factorsQuery);
  return (
    <Section title="Two-step sign-in">
      <p className={classes.note}>
        After the password, signing in asks for a code of an authenticator app on your phone. Who learns the password alone stays outside.
      </p>
      {factors.error && !factors.data && <Failure error={factors.error} retry={() => void factors.refetch()} />}
      {factors.isPending && <Rows rows={1} height={52} />}
      {factors.data && <TwoStep factors={factors.data} />}
    </Section>
  );
}

type Open = "enrol" | "remove" | "codes" | null;

function TwoStep({ factors }: { factors: Factors }) {
  const queryClient = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const close = () => {
    setOpen(null);
    setCodes(null);
  };
  const refresh = () =>
    Promise.all([factorsQuery, sessionsQuery].map(({ queryKey }) => queryClient.invalidateQueries({ queryKey })));
  const shown = async (next: string[]) => {
    setCodes(next);
    await refresh();
  };
  const remove = useMutation({
    mutationFn: async () => body(await client.DELETE("/api/auth/totp")),
    onSuccess: async () => {
      notifications.show({ message: "Two-step sign-in is off." });
      close();
      await refresh();
    },
  });
  const renew = useMutation({
    mutationFn: async () => body(await client.POST("/api/auth/recovery-codes")),
    onSuccess: ({ codes: next }) => shown(next),
  });
  const title = { enrol: "Set up two-step sign-in", remove: "Turn two-step sign-in off", codes: "New recovery codes" };

  return (
    <>
      <div className={classes.box}>
        <div className={classes.row}>
          <div className={classes.what}>
            <span className={classes.name}>
              Authenticator app <Mark factors={factors} />
            </span>
            <span className={classes.details}>
              {factors.totp_since ? <>Since <TimeAgo time={factors.totp_since} />.</> : "Any app for time-based codes (TOTP) will do."}
            </span>
          </div>
          <div className={classes.rowButtons}>
            <Button size="xs" variant="default" onClick={() => { setOpen("enrol"); }}>
              {factors.totp ? "Another phone" : "Set up"}
            </Button>
            {factors.totp && (
              <Button size="xs" variant="subtle" color="red" onClick={() => { setOpen("remove"); }}>
                Turn off…
              </Button>
            )}
          </div>
        </div>
        {factors.totp && (
          <div className={classes.row}>
            <div className={classes.what}>
              <span className={classes.name}>
                Recovery codes {factors.recovery_codes <= FEW && <span className={classes.mark} data-tone="bad">{factors.recovery_codes === 0 ? "none left" : "few left"}</span>}
              </span>
              <span className={classes.details}>{factors.recovery_codes} of 10 left, for the day you lose the phone.</span>
            </div>
            <Button size="xs" variant="default" onClick={() => { setOpen("codes"); }}>
              New codes
            </Button>
          </div>
        )}
      </div>
      {factors.totp && !factors.totp_readable && (
        <Notice role="status">
          The app&apos;s secret was sealed with a key that this console does not have, so its codes cannot be checked. Bring that
          ENCRYPTION_KEY back, or set the app up again here.
        </Notice>
      )}
      <Modal opened={open !== null} onClose={close} title={open ? title[open] : ""} closeButtonProps={{ "aria-label": "Close" }} closeOnClickOutside={codes === null}>
        {codes !== null ? (
          <RecoveryCodeList codes={codes} onDone={close} />
        ) : open === "enrol" ? (
          <TotpForm onDone={(next) => void shown(next)} onClose={close} />
        ) : open === "remove" ? (
          <Question
            text="Signing in will ask for the password only, and the recovery codes stop working. Other sessions end."
            verb="Turn off" danger error={remove.error} pending={remove.isPending} onClose={close}
            onYes={() => { remove.mutate(); }}
          />
        ) : (
          <Question
            text="Ten new codes are made, and the present ones stop working." verb="Make new codes" error={renew.error}
            pending={renew.isPending} onClose={close} onYes={() => { renew.mutate(); }}
          />
        )}
      </Modal>
    </>
  );
}

function Mark({ factors }: { factors: Factors }) {
  if (!factors.totp) return <span className={classes.mark}>off</span>;
  return factors.totp_readable ? (
    <span className={classes.mark} data-tone="ok">on</span>
  ) : (
    <span className={classes.mark} data-tone="bad">on, unreadable</span>
  );
}

interface QuestionProps {
  text: string;
  verb: string;
  danger?: boolean;
  error: Error | null;
  pending: boolean;
  onClose: () => void;
  onYes: () => void;
}

export function Question({ text, verb, danger = false, error, pending, onClose, onYes }: QuestionProps) {
  return (
    <div className={classes.form}>
      <p>{text}</p>
      {error && <Failure error={error} />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button color={danger ? "red" : "ink"} loading={pending} onClick={onYes}>
          {verb}
        </Button>
      </div>
    </div>
  );
}
