import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDatabaseSearch } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { body, client } from "@/api/client";
import { databaseQuery } from "@/api/fplQueries";
import { Crumbs } from "@/components/Crumbs";
import { PageHeader, Section } from "@/components/PageHeader";
import { Empty, Failure, Rows } from "@/components/PageStates";
import { CopyList } from "./CopyList";
import classes from "./database.module.css";
import { RestoreDialog } from "./RestoreDialog";
import { StateFacts } from "./StateFacts";

/** `restore`: the copy that is asked about. */
export function DatabasePage({ restore, onRestore }: { restore: string | undefined; onRestore: (id: string | undefined) => void }) {
  const { data, error, isPending, refetch } = useQuery(databaseQuery);
  const check = useCheck();
  return (
    <>
      <PageHeader
        title="Database"
        tab="Database"
        above={<Crumbs to="/airsenal" parent="AIrsenal">Database</Crumbs>}
        actions={
          data?.state.exists && (
            <Button variant="default" leftSection={<IconDatabaseSearch size={15} />} loading={check.isPending} onClick={() => { check.mutate(); }}>
              Check now
            </Button>
          )
        }
      >
        <p>AIrsenal works on a copy. Only what a job leaves after a success, whole and checked, replaces the database kept here.</p>
      </PageHeader>
      {check.error && <Failure error={check.error} title="It could not be checked" />}
      {error && !data && <Failure error={error} title="The database's state is not known" retry={() => void refetch()} />}
      {isPending && <Rows rows={6} height={44} />}
      {data && !data.state.exists && (
        <Empty
          title="No database yet"
          action={
            <Link to="/commands/$id" params={{ id: "setup_db" }} className="link">
              Build the database
            </Link>
          }
        >
          It is built once from past seasons and the FPL site, and kept as {data.state.path}.
        </Empty>
      )}
      {data?.state.exists && <StateFacts state={data.state} copies={data.copies.length} />}
      {data && (data.state.exists || data.copies.length > 0) && (
        <Section title="Copies" aside={<span className="muted">the newest {data.keep} are kept</span>}>
          <CopyList copies={data.copies} busy={data.busy} onRestore={onRestore} />
        </Section>
      )}
      <p role="status" className={classes.spoken}>
        {check.isPending && "Checking the database"}
      </p>
      <RestoreDialog copyId={restore} busy={data?.busy ?? false} onClose={() => { onRestore(undefined); }} />
    </>
  );
}

function useCheck() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => body(await client.POST("/api/airsenal/database/check")),
    onSuccess: (found) => {
      queryClient.setQueryData(databaseQuery.queryKey, found);
      const whole = found.state.integrity === "ok";
      notifications.show({ message: whole ? "The database is whole." : "The database is damaged.", ...(whole ? {} : { color: "red", autoClose: false }) });
    },
  });
}
