"""The dark and the light theme of the pages."""

from typing import Any

_SHARED: dict[str, Any] = {
    "theme.font": "Inter, 'Source Sans', sans-serif",
    "theme.baseFontSize": 15,
    "theme.baseRadius": "8px",
    "theme.headingFontWeights": [650, 600, 600],
    "theme.headingFontSizes": ["2rem", "1.3rem", "1.15rem"],
}

_DARK: dict[str, Any] = {
    "primaryColor": "#e0a13c",
    "backgroundColor": "#14161a",
    "secondaryBackgroundColor": "#1d2026",
    "textColor": "#e6e4df",
    "borderColor": "#30343c",
    "linkColor": "#e8b45e",
    "sidebar.backgroundColor": "#191b20",
    "sidebar.secondaryBackgroundColor": "#23272e",
}

_LIGHT: dict[str, Any] = {
    "primaryColor": "#855307",
    "backgroundColor": "#faf9f7",
    "secondaryBackgroundColor": "#efece6",
    "textColor": "#1d1f23",
    "borderColor": "#d9d5cc",
    "linkColor": "#7d4e06",
    "sidebar.backgroundColor": "#f2efe9",
    "sidebar.secondaryBackgroundColor": "#e7e3da",
}


def theme_options() -> dict[str, Any]:
    """Return Streamlit's options for both themes; the browser's preference selects one."""
    dark = {f"theme.dark.{name}": value for name, value in _DARK.items()}
    light = {f"theme.light.{name}": value for name, value in _LIGHT.items()}
    return _SHARED | dark | light
