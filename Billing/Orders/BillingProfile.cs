using Billing.Invoices;
using Billing.Tax;
using Database;

namespace Billing.Orders;

/// <summary>A version of a customer's billing details, as Portal/Accounts keeps them; read here, never written.</summary>
internal sealed record BillingProfile
{
    public string Id { get; init; } = "";
    public string AccountId { get; init; } = "";
    public string LegalName { get; init; } = "";
    public string? Gstin { get; init; }
    public string? Pan { get; init; }
    public bool IsSez { get; init; }
    public string? StateCode { get; init; }
    public string Address1 { get; init; } = "";
    public string? Address2 { get; init; }
    public string City { get; init; } = "";
    public string Pin { get; init; } = "";

    public Buyer Buyer => new(
        Gstin is { Length: > 0 } && Tax.Gstin.Check(Gstin) is GstinCheck.Good good ? good.Gstin : null, StateCode, IsSez);

    /// <summary>The document with these particulars of the recipient.</summary>
    public InvoiceDocument On(InvoiceDocument draft) => draft with
    {
        BuyerName = LegalName,
        BuyerGstin = Gstin is { Length: > 0 } ? Gstin : null,
        BuyerPan = Pan is { Length: > 0 } ? Pan : null,
        BuyerAddress = $"{string.Join(", ", new[] { Address1, Address2, City }.Where(part => !string.IsNullOrWhiteSpace(part)))} {Pin}",
        BuyerStateCode = Gstin is { Length: > 2 } ? Gstin[..2] : StateCode ?? draft.PlaceOfSupply,
    };

    public static Task<BillingProfile?> Newest(Tx tx, string accountId) =>
        tx.One<BillingProfile>(Sql.Newest, new { AccountId = accountId });

    public static async Task<BillingProfile> Of(Tx tx, string accountId, string id) =>
        await tx.One<BillingProfile>(Sql.ById, new { AccountId = accountId, Id = id })
            ?? throw new InvalidOperationException($"Billing details {id} of {accountId} are gone; they are append-only.");

    internal static class Sql
    {
        private const string Columns = "Id, AccountId, LegalName, Gstin, Pan, IsSez, StateCode, Address1, Address2, City, Pin";

        public const string Newest = $"""
            select {Columns}
            from BillingProfile
            where AccountId = @AccountId
                and Version = (select max(Version) from BillingProfile where AccountId = @AccountId)
            """;

        public const string ById = $"""
            select {Columns}
            from BillingProfile
            where AccountId = @AccountId and Id = @Id
            """;
    }
}
