import { createFileRoute } from "@tanstack/react-router";
import { DatabasePage } from "@/features/database/DatabasePage";

export const Route = createFileRoute("/_app/airsenal/database")({
  // The question has an address, so that back closes it and a link leads to it.
  validateSearch: (search: Record<string, unknown>): { restore?: string | undefined } => ({
    restore: typeof search.restore === "string" ? search.restore : undefined,
  }),
  component: Database,
});

function Database() {
  const { restore } = Route.useSearch();
  const navigate = Route.useNavigate();
  const ask = (id: string | undefined) => void navigate({ search: { restore: id }, replace: id === undefined, resetScroll: false });
  return <DatabasePage restore={restore} onRestore={ask} />;
}
