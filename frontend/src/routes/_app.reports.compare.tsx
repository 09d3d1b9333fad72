import { createFileRoute } from "@tanstack/react-router";
import { CompareView } from "@/features/reports/CompareView";
import { type CompareSearch, readCompareSearch } from "@/features/reports/search";

export const Route = createFileRoute("/_app/reports/compare")({ validateSearch: readCompareSearch, component: Compare });

function Compare() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const change = (part: CompareSearch) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  return <CompareView search={search} onChange={change} />;
}
