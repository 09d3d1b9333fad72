import { Button, SegmentedControl, Switch, useMantineColorScheme } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { createFileRoute, useRouter } from "@tanstack/react-router";
import { body, client } from "@/api/client";
import { PageHeader, Section } from "@/components/PageHeader";
import { Failure } from "@/components/PageStates";
import { PasskeySection } from "@/features/security/PasskeySection";
import { PasswordSection } from "@/features/security/PasswordSection";
import { SessionSection } from "@/features/security/SessionSection";
import { TokenSection } from "@/features/security/TokenSection";
import { TwoStepSection } from "@/features/security/TwoStepSection";
import classes from "@/features/settings/settings.module.css";
import { usePreference } from "@/lib/preferences";

export const Route = createFileRoute("/_app/settings")({ component: Settings });

function Settings() {
  const { session, queryClient } = Route.useRouteContext();
  const router = useRouter();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [singleKeys, setSingleKeys] = usePreference("singleKeys");
  const logout = useMutation({
    mutationFn: async () => body(await client.POST("/api/auth/logout")),
    onSuccess: async () => {
      sessionStorage.clear();
      queryClient.clear();
      await router.navigate({ to: "/login" });
    },
  });
  const { error } = logout;

  return (
    <>
      <PageHeader title="Settings" tab="Settings" />
      <Section title="Appearance">
        <div className={classes.box}>
          <div className={classes.row}>
            <span id="theme-label">Theme</span>
            <SegmentedControl
              aria-labelledby="theme-label"
              size="xs"
              value={colorScheme}
              onChange={(value) => {
                setColorScheme(value);
              }}
              data={[
                { value: "auto", label: "As the system" },
                { value: "light", label: "Light" },
                { value: "dark", label: "Dark" },
              ]}
            />
          </div>
          <div className={classes.row}>
            <Switch
              size="sm"
              labelPosition="left"
              label="Shortcuts of a single key"
              description="Such as j, k and ?. Combinations with Ctrl always work."
              checked={singleKeys === "on"}
              onChange={(event) => {
                setSingleKeys(event.currentTarget.checked ? "on" : "off");
              }}
              classNames={{ root: classes.switch, body: classes.switchBody, labelWrapper: classes.switchLabel }}
            />
          </div>
        </div>
      </Section>
      <Section title="Account">
        <div className={classes.box}>
          <div className={classes.row}>
            <span>
              Signed in as <b>{session.email}</b>
            </span>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconLogout size={14} aria-hidden="true" />}
              loading={logout.isPending}
              onClick={() => {
                logout.mutate();
              }}
            >
              Sign out
            </Button>
          </div>
        </div>
        {error !== null && <Failure error={error} title="Signing out failed" />}
      </Section>
      <PasswordSection email={session.email} />
      <TwoStepSection />
      <PasskeySection />
      <SessionSection />
      <TokenSection />
    </>
  );
}
