using System.Text.Json.Serialization;
using Billing.Ledger;
using Billing.Prices;
using Billing.Tax;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Accounts;

/// <summary>The account that the token speaks for.</summary>
internal sealed record ApiAccount
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary><c>owner</c> or <c>member</c>: what the person may do.</summary>
    public required string Role { get; init; }

    public required ApiPerson Person { get; init; }

    /// <summary>Credit that orders can be paid with, whole paise; null for those who do not see the billing.</summary>
    public required long? CreditPaise { get; init; }

    public required string Currency { get; init; }

    /// <summary>Whether billing details were entered; without them nothing can be ordered.</summary>
    public required bool HasBillingDetails { get; init; }
}

/// <summary>Who signed the program in.</summary>
internal sealed record ApiPerson(string Id, string FullName, string Email);

/// <summary>Billing details to save; a field that is left out is empty.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiBillingRequest
{
    /// <summary>At most 120 characters.</summary>
    public string? LegalName { get; init; }

    /// <summary>Left out when unregistered.</summary>
    public string? Gstin { get; init; }

    public string? Pan { get; init; }

    /// <summary>A SEZ unit or developer that buys for authorised operations.</summary>
    public bool IsSez { get; init; }

    /// <summary>GST State code, two digits; taken from the GSTIN when left out.</summary>
    public string? StateCode { get; init; }

    public string? Address1 { get; init; }

    public string? Address2 { get; init; }

    public string? City { get; init; }

    /// <summary>Six digits.</summary>
    public string? Pin { get; init; }

    /// <summary>Ten digits, or + and a country code.</summary>
    public string? Mobile { get; init; }

    /// <summary>What the servers are for (CERT-In directions of 28 April 2022), at most 200 characters.</summary>
    public string? Purpose { get; init; }

    internal BillingDetails Details => new()
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
}

/// <summary>The billing details that count.</summary>
/// <param name="Warnings">Saved, but worth a second look.</param>
internal sealed record ApiBilling(
    int Version, string LegalName, string? Gstin, string? Pan, bool IsSez, string StateCode, string Address1, string? Address2, string City,
    string Pin, string Mobile, string Purpose, DateTimeOffset SavedAt, IReadOnlyList<FieldProblem> Warnings);

/// <summary><c>/api/v1/account</c>: the account and who its invoices are made out to.</summary>
internal static class AccountApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var account = routes.Api().MapGroup("/account").WithTags("Account");
        account.MapGet("/", Show).OwnBusiness().WithSummary("The account that the token speaks for, and its credit.");
        account.MapGet("/billing", Billing).Needs(Permissions.BillingRead).WithSummary("The billing details that count; 404 before any were entered.");
        account.MapPut("/billing", Save).FreshFactor().Needs(Permissions.BillingEdit).WithSummary("Saves billing details as a new version; the same details again change nothing.")
            .WithDescription("422 portal.accounts.invalid_billing_details says what is wrong in each field.");
    }

    private static async Task<Ok<ApiAccount>> Show(HttpContext context, Db db)
    {
        var who = context.SignedIn();
        return TypedResults.Ok(new ApiAccount
        {
            Id = who.AccountId.ToString(),
            Name = who.AccountName,
            Role = who.Role,
            Person = new ApiPerson(who.PersonId.Value, who.FullName, who.Email),
            CreditPaise = context.Can(Permissions.BillingRead) ? (await Wallet.Balance(db, who.AccountId.ToString())).Paise : null,
            Currency = Money.Rupees,
            HasBillingDetails = await BillingProfile.Newest(db, who.AccountId) is not null,
        });
    }

    private static async Task<Results<Ok<ApiBilling>, ProblemHttpResult>> Billing(HttpContext context, Db db) =>
        await BillingProfile.Newest(db, context.SignedIn().AccountId) is { } profile
            ? TypedResults.Ok(Shown(profile))
            : ApiProblem.NotFound("portal.accounts.no_billing_details", "No billing details were entered yet; PUT them to this address.");

    private static async Task<Results<Ok<ApiBilling>, ProblemHttpResult>> Save(ApiBillingRequest request, HttpContext context, Db db, TimeProvider clock)
    {
        var who = context.SignedIn();
        var now = clock.GetUtcNow();
        var outcome = await db.Write(tx => SaveBillingProfile.Run(tx, who.AccountId, who.PersonId, request.Details, now));
        return outcome is SaveBillingOutcome.Refused refused
            ? ApiProblem.Fields("portal.accounts.invalid_billing_details", refused.Issues.Select(Problem))
            : TypedResults.Ok(Shown((await BillingProfile.Newest(db, who.AccountId))!));
    }

    private static ApiBilling Shown(BillingProfile profile) => new(
        profile.Version, profile.LegalName, profile.Gstin, profile.Pan, profile.IsSez, profile.StateCode, profile.Address1, profile.Address2,
        profile.City, profile.Pin, profile.Mobile, profile.Purpose, profile.CreatedAt,
        [.. profile.Details.Check().Where(issue => issue.IsWarning).Select(Problem)]);

    private static FieldProblem Problem(BillingIssue issue) => FieldProblem.Of(issue.Field, issue.Code, issue.Message);
}
