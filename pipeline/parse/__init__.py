"""Words become markings, stamps, redactions, particulars, segments and the ledger."""
