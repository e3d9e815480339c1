"""Ads: finds clips that suit an ad, and ad breaks between shots."""
