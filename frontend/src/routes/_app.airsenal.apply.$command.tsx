import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute, notFound } from "@tanstack/react-router";
import { applyQuery } from "@/api/fplQueries";
import { commandQuery } from "@/api/queries";
import type { ApplyCommand } from "@/api/types";
import { Crumbs } from "@/components/Crumbs";
import { PageHeader } from "@/components/PageHeader";
import { Failure, PageNotFound, Rows } from "@/components/PageStates";
import { ApplyReview } from "@/features/apply/ApplyReview";

const COMMANDS: readonly string[] = ["make_transfers", "set_lineup"] satisfies ApplyCommand[];

function isApply(command: string): command is ApplyCommand {
  return COMMANDS.includes(command);
}

export const Route = createFileRoute("/_app/airsenal/apply/$command")({
  params: {
    parse: ({ command }) => {
      if (!isApply(command)) throw notFound();
      return { command };
    },
    stringify: ({ command }) => ({ command }),
  },
  loader: ({ context, params }) => context.queryClient.query({ ...commandQuery(params.command), staleTime: "static" }),
  notFoundComponent: PageNotFound,
  component: Apply,
});

function Apply() {
  const { command: id } = Route.useParams();
  const { data: command } = useSuspenseQuery(commandQuery(id));
  const preview = useQuery(applyQuery(id));
  return (
    <>
      <PageHeader
        title={command.title}
        tab={command.title}
        above={<Crumbs to="/airsenal" parent="AIrsenal">Review</Crumbs>}
      >
        <p>{command.description}</p>
      </PageHeader>
      {preview.data && <ApplyReview key={id} preview={preview.data} title={command.title} />}
      {preview.error && <Failure error={preview.error} title="What would be sent cannot be read" retry={() => void preview.refetch()} />}
      {preview.isPending && <Rows rows={6} height={56} />}
    </>
  );
}
