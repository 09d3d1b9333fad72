import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/api/client";
import { sessionsQuery } from "@/api/queries";
import { TimeAgo } from "@/components/JobBits";
import { Section } from "@/components/PageHeader";
import { Failure, Rows } from "@/components/PageStates";
import { deviceWords } from "./device";
import classes from "./security.module.css";

export function SessionSection() {
  const queryClient = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const refresh = () => queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  const end = useMutation({
    mutationFn: async (id: string) => body(await client.DELETE("/api/auth/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSettled: refresh,
  });
  const endOthers = useMutation({
    mutationFn: async () => body(await client.POST("/api/auth/sessions/end-others")),
    onSuccess: ({ ended }) => {
      notifications.show({ message: ended === 1 ? "One other session has ended." : `${ended} other sessions have ended.` });
    },
    onSettled: refresh,
  });
  const others = sessions.data?.filter(({ current }) => !current).length ?? 0;
  const error = end.error ?? endOthers.error;
  return (
    <Section
      title="Sessions"
      aside={
        others > 0 && (
          <Button size="xs" variant="default" loading={endOthers.isPending} onClick={() => { endOthers.mutate(); }}>
            Sign out everywhere else
          </Button>
        )
      }
    >
      <p className={classes.note}>Where you are signed in. A session ends after 12 hours, and sooner in a browser that is left alone.</p>
      {sessions.error && !sessions.data && <Failure error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.isPending && <Rows rows={2} height={52} />}
      {sessions.data && (
        <ul className={`${classes.list} ${classes.box}`}>
          {sessions.data.map(({ id, current, device, address, method, created_at, last_seen_at }) => (
            <li key={id} className={classes.row}>
              <div className={classes.what}>
                <span className={classes.name} title={device}>
                  {deviceWords(device)} {current && <span className={classes.mark} data-tone="ok">this one</span>}
                </span>
                <span className={classes.details}>
                  {address}, by {method === "" ? "password" : method}, signed in <TimeAgo time={created_at} />
                  {last_seen_at && <>; last seen <TimeAgo time={last_seen_at} /></>}
                </span>
              </div>
              {!current && (
                <Button
                  size="xs"
                  variant="subtle"
                  color="red"
                  aria-label={`End the session of ${deviceWords(device)} at ${address}`}
                  loading={end.isPending && end.variables === id}
                  onClick={() => { end.mutate(id); }}
                >
                  End
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {error && <Failure error={error} />}
    </Section>
  );
}
