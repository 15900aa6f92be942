using Billing.Tax;
using Database;

namespace Portal.Accounts;

/// <summary>The id of a version of billing details.</summary>
public readonly record struct BillingProfileId(string Value) : IId<BillingProfileId>
{
    /// <inheritdoc/>
    public static string Prefix => "bpr";

    /// <inheritdoc/>
    public static BillingProfileId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>One version of an account's billing details. Versions are added, never changed: an invoice names the one it was made from.</summary>
internal sealed record BillingProfile
{
    public BillingProfileId Id { get; init; }

    public int Version { get; init; }

    public string LegalName { get; init; } = "";

    public string? Gstin { get; init; }

    public string? Pan { get; init; }

    public bool IsSez { get; init; }

    public string StateCode { get; init; } = "";

    public string Address1 { get; init; } = "";

    public string? Address2 { get; init; }

    public string City { get; init; } = "";

    public string Pin { get; init; } = "";

    public string Mobile { get; init; } = "";

    public string Purpose { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public string CreatedBy { get; init; } = "";

    /// <summary>The version that counts, or null when none was entered yet.</summary>
    public static Task<BillingProfile?> Newest(Db db, AccountId account) => db.One<BillingProfile>(Sql.Newest, new { AccountId = account });

    /// <summary>All versions, the newest first, with the name of who entered them.</summary>
    public static Task<IReadOnlyList<BillingProfile>> History(Db db, AccountId account) =>
        db.Query<BillingProfile>(Sql.History, new { AccountId = account });

    public BillingDetails Details => new()
    {
        LegalName = LegalName,
        Gstin = Gstin,
        Pan = Pan,
        IsSez = IsSez,
        StateCode = StateCode,
        Address1 = Address1,
        Address2 = Address2,
        City = City,
        Pin = Pin,
        Mobile = Mobile,
        Purpose = Purpose,
    };

    internal static class Sql
    {
        private const string Columns = """
            Id, Version, LegalName, Gstin, Pan, IsSez, StateCode, Address1, Address2, City, Pin, Mobile, Purpose, CreatedAt, CreatedBy
            """;

        public const string Newest = $"""
            select {Columns}
            from BillingProfile
            where AccountId = @AccountId
                and Version = (select max(v.Version) from BillingProfile v where v.AccountId = @AccountId)
            """;

        public const string History = """
            select b.Id, b.Version, b.LegalName, b.Gstin, b.Pan, b.IsSez, b.StateCode, b.Address1, b.Address2, b.City, b.Pin,
                b.Mobile, b.Purpose, b.CreatedAt, p.FullName as CreatedBy
            from BillingProfile b
                join Person p on p.Id = b.CreatedBy
            where b.AccountId = @AccountId
            order by b.Version desc
            """;

        public const string Add = """
            insert into BillingProfile (Id, AccountId, Version, LegalName, Gstin, Pan, IsSez, StateCode, Address1, Address2, City, Pin,
                Mobile, Purpose, CreatedAt, CreatedBy)
            values (@Id, @AccountId, @Version, @LegalName, @Gstin, @Pan, @IsSez, @StateCode, @Address1, @Address2, @City, @Pin,
                @Mobile, @Purpose, @Now, @CreatedBy)
            """;
    }
}
