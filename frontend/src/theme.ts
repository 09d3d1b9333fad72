import {
  createTheme,
  type CSSVariablesResolver,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";

const cobalt: MantineColorsTuple = [
  "#eef3ff", "#dbe5ff", "#b8cbff", "#90adff", "#6b8ffb", "#4d74f0", "#3a62e3", "#2c53d0", "#2448b8", "#1c3893",
];
const red: MantineColorsTuple = [
  "#fff0ee", "#ffdcd8", "#ffb8b0", "#ff9085", "#f76d60", "#e94f41", "#d73c2e", "#c22f23", "#ab261b", "#861b13",
];
const gray: MantineColorsTuple = [
  "#f8f8f6", "#f1f1ee", "#e6e5e1", "#d5d4ce", "#bdbcb6", "#9a9a95", "#76777a", "#5f6368", "#3a3c40", "#1b1c1e",
];
const dark: MantineColorsTuple = [
  "#e8e9eb", "#bcc0c7", "#a0a4ab", "#7d828b", "#34373d", "#25272c", "#16171b", "#0e0f11", "#0b0c0e", "#070809",
];

/** The one filled button of a page is ink, not colour: colour is kept for state and for what is live. */
const variants: VariantColorsResolver = (input) => {
  if (input.color === "ink" && input.variant === "filled") {
    return { background: "var(--ink)", hover: "var(--ink-hover)", color: "var(--on-ink)", border: "1px solid transparent" };
  }
  return defaultVariantColorsResolver(input);
};

export const theme = createTheme({
  colors: { cobalt, red, gray, dark },
  primaryColor: "cobalt",
  // White on Mantine's usual shade 6 is 3.6:1; shade 8 passes AA in both schemes.
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  luminanceThreshold: 0.2,
  variantColorResolver: variants,
  fontFamily: "var(--font-ui)",
  fontFamilyMonospace: "var(--font-mono)",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.35", sm: "1.45", md: "1.5" },
  defaultRadius: 6,
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 30 } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    NativeSelect: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm" } },
    // The scroll bar stays where it is: taken away, it leaves a bright strip beside the overlay and moves the page.
    Modal: { defaultProps: { centered: true, removeScrollProps: { removeScrollBar: false }, overlayProps: { backgroundOpacity: 0.45 }, transitionProps: { duration: 120 } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, transitionProps: { duration: 80 } } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Dismiss" } } },
    Menu: { defaultProps: { shadow: "md", transitionProps: { duration: 80 } } },
  },
});

const shared = {
  "--mantine-color-dimmed": "var(--muted)",
  "--mantine-color-placeholder": "var(--faint)",
  "--mantine-color-error": "var(--bad)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-body": "var(--bg)",
  "--mantine-color-default-border": "var(--line-strong)",
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
