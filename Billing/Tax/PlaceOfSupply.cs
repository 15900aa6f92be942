namespace Billing.Tax;

/// <summary>Which heads of GST a supply carries.</summary>
public enum TaxNature
{
    /// <summary>Supplier and place of supply in one State: CGST and SGST, half the rate each.</summary>
    IntraState,

    /// <summary>Both in one Union territory without a legislature: CGST and UTGST, half the rate each.</summary>
    IntraTerritory,

    /// <summary>IGST.</summary>
    InterState,

    /// <summary>Zero-rated under a letter of undertaking: no tax (IGST s.16(3)(a)).</summary>
    ZeroRated,
}

/// <summary>Who buys, as far as tax is concerned.</summary>
/// <param name="Gstin">The buyer's number, checked; null when unregistered.</param>
/// <param name="StateCode">The State of the address; for an unregistered buyer in India it decides the tax.</param>
/// <param name="IsSez">A SEZ unit or developer, buying for authorised operations.</param>
/// <param name="Country">ISO 3166, two letters.</param>
public sealed record Buyer(Gstin? Gstin, string? StateCode, bool IsSez = false, string Country = "IN");

/// <summary>Where a supply takes place and which tax it carries (IGST Act s.7, 8, 12, 13, 16).</summary>
public abstract record PlaceOfSupply
{
    private PlaceOfSupply()
    {
    }

    /// <summary>It can be taxed and invoiced.</summary>
    /// <param name="StateCode">The place of supply; 96 for exports.</param>
    /// <param name="Nature">Which heads.</param>
    /// <param name="SupplyType">As in the e-invoice: B2B, SEZWP, SEZWOP, EXPWP, EXPWOP; B2C for buyers who are no registered persons.</param>
    public sealed record Decided(string StateCode, TaxNature Nature, string SupplyType) : PlaceOfSupply
    {
        /// <summary>The statutory words for SEZ and exports (rule 46 proviso).</summary>
        public string? Endorsement => Endorsements.Of(SupplyType);

        /// <summary>Whether it counts as inter-State: IGST or no tax.</summary>
        public bool IsInterState => Nature is TaxNature.InterState or TaxNature.ZeroRated;
    }

    /// <summary>It cannot.</summary>
    /// <param name="Code">Stable, e.g. <c>billing.tax.state_required</c>.</param>
    /// <param name="Message">For the person at the form.</param>
    public sealed record Refused(string Code, string Message) : PlaceOfSupply;

    /// <summary>Decides in the order of the law: export, SEZ, registered, UIN, unregistered.</summary>
    /// <param name="supplierGstin">The registration that issues the invoice.</param>
    /// <param name="buyer">Who buys.</param>
    /// <param name="hasLut">Whether a letter of undertaking holds on the day of the invoice.</param>
    /// <param name="chosen">A place of supply chosen by hand; it must agree with the law.</param>
    public static PlaceOfSupply Decide(string? supplierGstin, Buyer buyer, bool hasLut, string? chosen = null)
    {
        if (supplierGstin is not { Length: 15 })
            return new Refused("billing.tax.supplier_not_registered", "A supplier without a GSTIN must not show GST (CGST Act s.32).");
        var supplierState = supplierGstin[..2];
        var decided = buyer switch
        {
            { Country: not "IN" } => new Decided(
                States.OutsideIndia,
                hasLut ? TaxNature.ZeroRated : TaxNature.InterState,
                hasLut ? "EXPWOP" : "EXPWP"),
            { IsSez: true, Gstin: { } gstin } => new Decided(
                gstin.StateCode,
                hasLut ? TaxNature.ZeroRated : TaxNature.InterState,
                hasLut ? "SEZWOP" : "SEZWP"),
            { Gstin: { Kind: GstinKind.Uin } uin } => new Decided(uin.StateCode, Compare(supplierState, uin.StateCode), "B2C"),
            { Gstin: { } gstin } => new Decided(gstin.StateCode, Compare(supplierState, gstin.StateCode), "B2B"),
            { StateCode: { } state } when States.Find(state) is { Kind: StateKind.State or StateKind.UnionTerritory } =>
                new Decided(state, Compare(supplierState, state), "B2C"),
            _ => null,
        };
        return decided switch
        {
            null => new Refused(
                "billing.tax.state_required",
                "Choose the State: it decides the tax and stands on every invoice for online services (rule 46(f), Circular 242/36/2024)."),
            _ when chosen is not null && chosen != decided.StateCode => new Refused(
                "billing.tax.place_of_supply_conflict",
                $"The place of supply is {States.Name(decided.StateCode)} ({decided.StateCode}), not {chosen}."),
            _ => decided,
        };
    }

    private static TaxNature Compare(string supplierState, string placeOfSupply) => placeOfSupply != supplierState
        ? TaxNature.InterState
        : States.Find(placeOfSupply)?.Kind == StateKind.UnionTerritory ? TaxNature.IntraTerritory : TaxNature.IntraState;
}

/// <summary>The words that rule 46 puts on zero-rated supplies.</summary>
public static class Endorsements
{
    public const string ExportWithPayment = "SUPPLY MEANT FOR EXPORT ON PAYMENT OF INTEGRATED TAX";

    public const string ExportWithoutPayment =
        "SUPPLY MEANT FOR EXPORT UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX";

    public const string SezWithPayment = "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS ON PAYMENT OF INTEGRATED TAX";

    public const string SezWithoutPayment = "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS UNDER BOND OR "
        + "LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX";

    /// <summary>The words for a supply type as in the e-invoice; null when none are needed.</summary>
    public static string? Of(string supplyType) => supplyType switch
    {
        "EXPWP" => ExportWithPayment,
        "EXPWOP" => ExportWithoutPayment,
        "SEZWP" => SezWithPayment,
        "SEZWOP" => SezWithoutPayment,
        _ => null,
    };
}
