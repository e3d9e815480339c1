"""Ads: clips that suit an ad, and breaks between shots where it can stand."""
