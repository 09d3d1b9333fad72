import { Button, Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { body, client } from "@/api/client";
import { tokensQuery } from "@/api/queries";
import type { ApiToken } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { Section } from "@/components/PageHeader";
import { Empty, Failure, Rows } from "@/components/PageStates";
import { formatWithZone } from "@/lib/time";
import { TokenForm } from "./TokenForm";
import { Question } from "./TwoStepSection";
import classes from "./security.module.css";

const SCOPES: Record<ApiToken["scope"], string> = {
  read: "reads",
  run: "reads, submits and cancels jobs",
  admin: "everything but signing in and secrets",
};

export function TokenSection() {
  const tokens = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  const make = (
    <Button size="xs" variant="default" onClick={() => { setMaking(true); }}>
      New token
    </Button>
  );
  return (
    <Section title="API tokens" aside={make}>
      <p className={classes.note}>
        For scripts and other programs, sent as <code>Authorization: Bearer</code>. Each may do only what its scope says.
      </p>
      {tokens.error && !tokens.data && <Failure error={tokens.error} retry={() => void tokens.refetch()} />}
      {tokens.isPending && <Rows rows={1} height={52} />}
      {tokens.data?.length === 0 && <Empty title="No tokens yet">Give each program one of its own, so that you can take it back alone.</Empty>}
      {tokens.data && tokens.data.length > 0 && (
        <ul className={`${classes.list} ${classes.box}`}>
          {tokens.data.map((token) => (
            <li key={token.id} className={classes.row}>
              <div className={classes.what}>
                <span className={classes.name}>
                  {token.name} <span className={classes.mark}>{token.scope}</span>
                  {token.expired && <span className={classes.mark} data-tone="bad">expired</span>}
                </span>
                <span className={classes.details}>
                  {SCOPES[token.scope]}; made <TimeAgo time={token.created_at} />;{" "}
                  {token.last_used_at ? <>last used <TimeAgo time={token.last_used_at} /> from {token.last_used_address}</> : "never used"};{" "}
                  <Expiry token={token} />
                </span>
              </div>
              <Button size="xs" variant="subtle" color="red" aria-label={`Revoke ${token.name}`} onClick={() => { setRevoking(token); }}>
                Revoke…
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Modal opened={making} onClose={() => { setMaking(false); }} title="New API token" closeButtonProps={{ "aria-label": "Close" }} closeOnClickOutside={false}>
        <TokenForm onClose={() => { setMaking(false); }} />
      </Modal>
      <Modal opened={revoking !== null} onClose={() => { setRevoking(null); }} title="Revoke a token" closeButtonProps={{ "aria-label": "Close" }}>
        {revoking && <Revoke token={revoking} onClose={() => { setRevoking(null); }} />}
      </Modal>
    </Section>
  );
}

function Expiry({ token }: { token: ApiToken }) {
  if (token.expires_at === null) return "never expires";
  const date = new Date(token.expires_at);
  return (
    <time dateTime={token.expires_at} title={formatWithZone(date)}>
      {token.expired ? "expired" : "expires"} on {date.toLocaleDateString(undefined, { dateStyle: "medium" })}
    </time>
  );
}

function Revoke({ token, onClose }: { token: ApiToken; onClose: () => void }) {
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: async () => body(await client.DELETE("/api/auth/tokens/{token_id}", { params: { path: { token_id: token.id } } })),
    onSuccess: async () => {
      notifications.show({ message: `${token.name} is revoked.` });
      onClose();
      await queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
    },
  });
  return (
    <Question
      text={`Whatever uses “${token.name}” is refused from now on. It cannot be brought back.`}
      verb="Revoke token" danger error={revoke.error} pending={revoke.isPending} onClose={onClose}
      onYes={() => { revoke.mutate(); }}
    />
  );
}
