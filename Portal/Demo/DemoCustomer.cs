using Billing.Tax;
using Database;
using Portal.Accounts;
using Portal.Identity;

namespace Portal.Demo;

/// <summary>A made-up customer. Names, numbers and addresses belong to nobody; the GSTINs are in a range that is never issued.</summary>
internal sealed record DemoCustomer(string FullName, string Email, string AccountName, BillingDetails Billing)
{
    internal static DemoCustomer Asha { get; } = new(
        "Asha Rao",
        "asha@textiles.example",
        "Asha Textiles",
        new BillingDetails
        {
            LegalName = "Asha Textiles Private Limited",
            Gstin = "29ZZZCA0002Z1ZK",
            StateCode = "29",
            Address1 = "21 Commercial Street",
            Address2 = "Tasker Town",
            City = "Bengaluru",
            Pin = "560001",
            Mobile = "9900000001",
            Purpose = "Web shop and stock keeping",
        });

    internal static DemoCustomer Bharat { get; } = new(
        "भारत देशपांडे",
        "bharat@foods.example",
        "भारत फूड्स",
        new BillingDetails
        {
            LegalName = "भारत फूड्स प्राइवेट लिमिटेड (Bharat Foods Private Limited)",
            Gstin = "27ZZZCB0003Z1ZM",
            StateCode = "27",
            Address1 = "Plot 44, MIDC Road No. 9",
            Address2 = "Andheri East",
            City = "Mumbai",
            Pin = "400093",
            Mobile = "9900000002",
            Purpose = "Ordering system for restaurants",
        });

    internal static DemoCustomer Lakshmi { get; } = new(
        "Venkata Lakshmi Narasimha Satyanarayana Subramaniam Iyer",
        "lakshmi@home.example",
        "Lakshmi Iyer",
        new BillingDetails
        {
            LegalName = "Venkata Lakshmi Narasimha Satyanarayana Subramaniam Iyer",
            StateCode = "33",
            Address1 = "Flat 3B, Sri Venkateswara Apartments, 118 North Mada Street",
            Address2 = "Mylapore",
            City = "Chennai",
            Pin = "600004",
            Mobile = "9900000003",
            Purpose = "Photo archive of the family",
        });

    /// <summary>Adds the person with their account and billing details; what is there already stays.</summary>
    internal async Task<SignedIn> Join(Db db, string passwordHash, DateTimeOffset now)
    {
        await db.Write(async tx =>
        {
            var added = await CreatePerson.Run(
                tx, new NewPerson(Email, FullName) { PasswordHash = passwordHash, AgeConfirmedAt = now, Ip = "127.0.0.1" }, now);
            if (added is not { } person) return;
            var account = await CreateAccount.Run(tx, AccountName, person, now);
            if (await SaveBillingProfile.Run(tx, account, person, Billing, now) is SaveBillingOutcome.Refused refused)
                throw new InvalidOperationException($"The demo's billing details are refused: {refused.Issues[0].Message}");
        });
        var known = await Person.ByEmail(db, Email) ?? throw new InvalidOperationException($"{Email} was not added.");
        var membership = (await Membership.Of(db, known.Id))[0];
        return new SignedIn(known.Id, membership.AccountId, membership.Role, "demo", known.FullName, null) { Email = known.Email };
    }
}
