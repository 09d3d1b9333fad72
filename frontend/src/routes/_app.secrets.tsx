import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { createFileRoute, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { commandsQuery, secretsQuery } from "@/api/queries";
import { TimeAgo } from "@/components/JobBits";
import { PageHeader } from "@/components/PageHeader";
import { Empty, ListFailure, Rows } from "@/components/PageStates";
import { SecretDialog } from "@/features/secrets/SecretDialog";
import classes from "@/features/secrets/secrets.module.css";
import { shortId } from "@/lib/jobWords";

export const Route = createFileRoute("/_app/secrets")({
  // The dialog has an address, so that "not set" anywhere can lead straight to the field; `*` is a new name.
  validateSearch: (search: Record<string, unknown>): { set?: string | undefined } => ({
    set: typeof search.set === "string" ? search.set : undefined,
  }),
  component: Secrets,
});

const NEW = "*";
const NAMED = 3;

function usedBy(titles: string[]): string {
  return titles.length <= NAMED ? `Used by ${titles.join(", ")}.` : `Used by ${titles.length} commands.`;
}

function Secrets() {
  const { set } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  const secrets = useQuery(secretsQuery);
  const commands = useQuery(commandsQuery).data ?? [];
  const open = (key: string | undefined) => void navigate({ search: { set: key }, replace: key === undefined, resetScroll: false });
  const users = (key: string) => commands.filter(({ secrets }) => secrets.some((secret) => secret.key === key)).map(({ title }) => title);
  // What the dialog is about while it closes, too.
  const [shown, setShown] = useState(set ?? NEW);
  if (set !== undefined && set !== shown) setShown(set);
  const current = secrets.data?.find(({ key }) => key === shown);

  return (
    <>
      <PageHeader
        title="Secrets"
        tab="Secrets"
        actions={
          <Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => { open(NEW); }}>
            New secret
          </Button>
        }
      >
        <p>Stored sealed and never shown again. Jobs get only the ones their command names; in logs their values are masked.</p>
      </PageHeader>
      <ListFailure query={secrets} title="The secrets cannot be read" />
      {secrets.isPending && <Rows rows={6} height={48} />}
      {secrets.data?.length === 0 && <Empty title="No secrets yet">Commands say which ones they need.</Empty>}
      {secrets.data && secrets.data.length > 0 && (
        <ul className={classes.list}>
          {secrets.data.map(({ key, is_set, updated_at, readable, masked_in_logs, description, last_used_at, last_used_by }) => (
            <li key={key}>
              <div className={classes.what}>
                <code className={classes.key}>{key}</code>
                <span className={classes.users}>
                  {description}
                  {!masked_in_logs && " Not masked in logs: it is an identifier, not a secret."}
                  {users(key).length > 0 && (
                    <span title={users(key).join(", ")}> {usedBy(users(key))}</span>
                  )}
                </span>
                {last_used_at && last_used_by && (
                  <span className={classes.users}>
                    Last given to{" "}
                    <Link to="/jobs/$id" params={{ id: last_used_by }} className="link">
                      job {shortId(last_used_by)}
                    </Link>{" "}
                    <TimeAgo time={last_used_at} />
                  </span>
                )}
                {is_set && !readable && (
                  <span className={classes.unreadable}>
                    Sealed with a key that this console does not have. Set it again, or bring that key back.
                  </span>
                )}
              </div>
              <span className={classes.state} data-set={is_set && readable}>
                {is_set ? (
                  <>
                    {readable ? "Set" : "Unreadable"}{" "}
                    {updated_at && (
                      <span className="muted">
                        <TimeAgo time={updated_at} />
                      </span>
                    )}
                  </>
                ) : (
                  "Not set"
                )}
              </span>
              <Button size="xs" variant="default" onClick={() => { open(key); }} aria-label={`${is_set ? "Replace" : "Set"} ${key}`}>
                {is_set ? "Replace" : "Set"}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <SecretDialog
        opened={set !== undefined}
        name={shown === NEW ? null : shown}
        replaces={current?.is_set ?? false}
        onClose={() => {
          open(undefined);
        }}
      />
    </>
  );
}
