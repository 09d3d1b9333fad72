import { Button } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { body, client } from "@/api/client";
import { JOB_KEYS } from "@/api/queries";
import { plainText } from "./ansi";
import { lastWords } from "./errors";
import classes from "./log.module.css";

const LOOKED_AT = 200;

/** What a failed job said last, above its log. */
export function LastWords({ jobId, onFirstError }: { jobId: string; onFirstError: () => void }) {
  const { data } = useQuery({
    queryKey: [...JOB_KEYS.one, jobId, "last words"],
    queryFn: async ({ signal }) =>
      body(await client.GET("/api/jobs/{job_id}/log", { params: { path: { job_id: jobId }, query: { from: -LOOKED_AT, limit: LOOKED_AT } }, signal })),
    staleTime: Infinity,
  });
  const words = lastWords((data?.lines ?? []).map(plainText));
  if (words.length === 0) return null;
  return (
    <section className={classes.lastWords} aria-label="What it said last">
      <pre>{words.join("\n")}</pre>
      <Button size="compact-xs" variant="default" leftSection={<IconArrowUp size={13} aria-hidden="true" />} title="E" onClick={onFirstError}>
        First error
      </Button>
    </section>
  );
}
