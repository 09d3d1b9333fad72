import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute, Link, notFound } from "@tanstack/react-router";
import { ApiError } from "@/api/errors";
import { commandQuery, jobQuery } from "@/api/queries";
import { Crumbs } from "@/components/Crumbs";
import { Notice } from "@/components/Notice";
import { PageHeader } from "@/components/PageHeader";
import { Failure, PageNotFound, Rows } from "@/components/PageStates";
import { CommandFacts } from "@/features/commands/CommandFacts";
import { CommandForm } from "@/features/commands/CommandForm";
import { Reason } from "@/features/commands/Reason";
import classes from "@/features/commands/form.module.css";
import { shortId } from "@/lib/jobWords";

export const Route = createFileRoute("/_app/commands/$id")({
  validateSearch: (search: Record<string, unknown>): { from?: string | undefined } => ({
    from: typeof search.from === "string" ? search.from : undefined,
  }),
  loader: async ({ context, params }) => {
    try {
      await context.queryClient.query({ ...commandQuery(params.id), staleTime: "static" });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) throw notFound();
      throw error;
    }
  },
  notFoundComponent: PageNotFound,
  component: RunCommand,
});

function RunCommand() {
  const { id } = Route.useParams();
  const { from } = Route.useSearch();
  const { data: command } = useSuspenseQuery(commandQuery(id));
  const earlier = useQuery({ ...jobQuery(from ?? ""), enabled: from !== undefined, refetchInterval: false });

  return (
    <>
      <PageHeader
        title={command.title}
        tab={command.title}
        above={<Crumbs to="/commands" parent="Commands"><code>{command.id}</code></Crumbs>}
      >
        <p>{command.description}</p>
        {id === "optimize" && (
          <p>
            <Link to="/airsenal/chips" className="link">
              Plan chips, and see what a search costs before it runs
            </Link>
          </p>
        )}
      </PageHeader>
      {!command.available && (
        <Notice spaced>
          <b>Cannot run now.</b> <Reason text={command.unavailable_reason} />
        </Notice>
      )}
      <div className={classes.layout}>
        <div>
          {from !== undefined && (
            <p className={classes.notice}>
              <span>
                Starts from the values of job{" "}
                <Link to="/jobs/$id" params={{ id: from }} className="link mono">
                  {shortId(from)}
                </Link>
                .
              </span>
              <Link to="/commands/$id" params={{ id }} className="link">
                Use the defaults instead
              </Link>
            </p>
          )}
          {from === undefined ? (
            <CommandForm key={id} command={command} from={null} />
          ) : earlier.data ? (
            <CommandForm key={`${id} ${from}`} command={command} from={earlier.data} />
          ) : earlier.error ? (
            <Failure title="That run cannot be read" error={earlier.error} retry={() => void earlier.refetch()} />
          ) : (
            <Rows rows={4} />
          )}
        </div>
        <CommandFacts command={command} />
      </div>
    </>
  );
}
