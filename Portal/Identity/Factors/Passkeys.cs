using System.Security.Cryptography;
using System.Text.Json;
using Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Portal.Identity.Factors;

/// <summary>What the browser is asked, and the sealed question that must come back with its answer.</summary>
/// <param name="Options">JSON for <c>navigator.credentials</c>.</param>
internal sealed record PasskeyQuestion(string Options, string Question);

/// <summary>
/// The two ceremonies of WebAuthn (Level 3 sections 7.1 and 7.2). Checking is ASP.NET Core Identity's; here lie the question on its way
/// through the browser, its age and whose it is. The device verifies its user each time, so that a passkey counts as two factors.
/// </summary>
internal sealed class Passkeys(IServiceProvider services, IDataProtectionProvider protection, Db db, TimeProvider clock)
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    private readonly Lazy<IPasskeyHandler<Person>> handler = new(() => PasskeyPeople.Handler(services));
    private readonly IDataProtector protector = protection.CreateProtector("Portal.Identity.Factors.Passkeys");

    /// <summary>Asks for a new passkey.</summary>
    public async Task<PasskeyQuestion> AskNew(Person person, HttpContext context)
    {
        var made = await handler.Value.MakeCreationOptionsAsync(
            new PasskeyUserEntity { Id = person.Id.Value, Name = person.Email, DisplayName = person.FullName }, context);
        return Seal("new", person.Id.Value, made.CreationOptionsJson, made.AttestationState);
    }

    /// <summary>Asks for any passkey of this portal, or for one of the person's.</summary>
    public async Task<PasskeyQuestion> Ask(Person? person, HttpContext context)
    {
        var made = await handler.Value.MakeRequestOptionsAsync(person!, context);
        return Seal("use", person?.Id.Value ?? "", made.RequestOptionsJson, made.AssertionState);
    }

    /// <summary>The new passkey; null when the answer is not good.</summary>
    public async Task<UserPasskeyInfo?> CheckNew(Person person, string? question, string? answer, HttpContext context)
    {
        if (Open("new", person.Id.Value, question) is not { } asked || string.IsNullOrEmpty(answer)) return null;
        var result = await handler.Value.PerformAttestationAsync(
            new PasskeyAttestationContext { HttpContext = context, CredentialJson = answer, AttestationState = asked.State });
        return result.Succeeded && result.Passkey.IsUserVerified && result.UserEntity.Id == person.Id.Value ? result.Passkey : null;
    }

    /// <summary>Whose passkey answered; null when the answer is not good, is another person's or was sent before.</summary>
    public async Task<Person?> Check(Person? person, string? question, string? answer, HttpContext context)
    {
        if (Open("use", person?.Id.Value ?? "", question) is not { } asked || string.IsNullOrEmpty(answer)) return null;
        var result = await handler.Value.PerformAssertionAsync(
            new PasskeyAssertionContext { HttpContext = context, CredentialJson = answer, AssertionState = asked.State });
        if (!result.Succeeded || !result.Passkey.IsUserVerified || (person is not null && person.Id != result.User.Id)) return null;
        var used = await db.Write(tx => Passkey.Use(tx, result.Passkey, asked.At, clock.GetUtcNow()));
        return used ? result.User : null;
    }

    private PasskeyQuestion Seal(string purpose, string person, string options, string? state) =>
        new(options, protector.Protect(JsonSerializer.Serialize(new Asked(purpose, person, state, clock.GetUtcNow()))));

    private Asked? Open(string purpose, string person, string? question)
    {
        try
        {
            var asked = string.IsNullOrEmpty(question) ? null : JsonSerializer.Deserialize<Asked>(protector.Unprotect(question));
            return asked is not null && asked.Purpose == purpose && asked.Person == person && asked.At > clock.GetUtcNow() - Length ? asked : null;
        }
        catch (CryptographicException)
        {
            return null; // made by nobody here
        }
    }

    private sealed record Asked(string Purpose, string Person, string? State, DateTimeOffset At);
}

/// <summary>Tells the handler which portal this is: the host of <see cref="PublicAddress"/>, never the request's.</summary>
internal sealed class PasskeyOptions(PublicAddress address) : IConfigureOptions<IdentityPasskeyOptions>
{
    public void Configure(IdentityPasskeyOptions options)
    {
        options.ServerDomain = new Uri(address.Root).Host;
        options.UserVerificationRequirement = "required";
        options.ResidentKeyRequirement = "required";
        options.AttestationConveyancePreference = "none";
        // WebAuthn section 13.4.9: exactly our origin, in no frame of others
        options.ValidateOrigin = context => ValueTask.FromResult(
            !context.CrossOrigin && string.Equals(context.Origin, new Uri(address.Root).GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));
    }
}
