using Billing.Prices;

namespace Portal.Invoices;

/// <summary>What stands on a document, on the page and on paper alike. CGST Rules 46 (invoice), 50, 51 (vouchers), 53 (credit note).</summary>
internal sealed record DocumentSheet
{
    /// <summary>The statutory name of the document.</summary>
    public required string Title { get; init; }

    /// <summary>Services need two copies (rule 48(2)); the customer holds the original.</summary>
    public string Copy { get; init; } = "Original for recipient";

    public required string Number { get; init; }

    public required DateOnly Date { get; init; }

    public required SheetParty Supplier { get; init; }

    public required string BuyerHeading { get; init; }

    public required SheetParty Buyer { get; init; }

    /// <summary>Number, date, place of supply and the like, in reading order.</summary>
    public required IReadOnlyList<SheetFact> Facts { get; init; }

    /// <summary>The wording that rule 46 demands for exports and SEZ supplies.</summary>
    public string? Endorsement { get; init; }

    /// <summary>The taxes that this document carries, in the order of its columns.</summary>
    public required IReadOnlyList<string> Heads { get; init; }

    public required IReadOnlyList<SheetLine> Lines { get; init; }

    /// <summary>Value, taxes and what else leads to the total.</summary>
    public required IReadOnlyList<SheetAmount> Sums { get; init; }

    public required SheetAmount Total { get; init; }

    public required string InWords { get; init; }

    /// <summary>How it was paid, or what happens with the money.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public required string Signature { get; init; }
}

/// <summary>A supplier or a recipient as snapshot at issue.</summary>
internal sealed record SheetParty(string Name, IReadOnlyList<string> Address, IReadOnlyList<SheetFact> Facts);

/// <summary>A label and its value.</summary>
internal sealed record SheetFact(string Label, string Value);

/// <summary>One line; the taxes in the order of the document's heads.</summary>
internal sealed record SheetLine(string Description, string? Period, string Sac, Money Taxable, IReadOnlyList<SheetTax> Taxes, Money Total);

/// <summary>One tax of a line: the rate of its head and the amount.</summary>
internal sealed record SheetTax(string Rate, Money Amount);

/// <summary>An amount with what it is.</summary>
internal sealed record SheetAmount(string Label, Money Amount);
