using Database.Work;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Identity.ApiTokens;
using Portal.Identity.Applications;
using Portal.Identity.Companies;
using Portal.Identity.Factors;
using Portal.Identity.Oidc;
using Portal.Identity.Sessions;
using Portal.Identity.SignIn;

namespace Portal.Identity;

/// <summary>What the room offers the building: services, options, endpoints, work commands.</summary>
public static class IdentityRoom
{
    /// <summary>The policy of staff pages.</summary>
    public const string Staff = "staff";

    private const string ByPath = "portal";

    private const long LargestForm = 1 << 20;

    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        AddChecked(services, configuration);
        services.AddSingleton<PublicAddress>().AddSingleton<Clients>().AddSingleton<SigningKeys>().AddSingleton<Tokens>();
        services.AddSingleton<ClientAuthentication>().AddSingleton<ClientAssertion>().AddSingleton<Dpop>().AddSingleton<LogoutChannel>();
        services.AddSingleton<AuthorizeSteps>().AddSingleton<FreshSignIn>().AddSingleton<IdTokenHints>();
        services.AddWorkCommand<TellLogout>(TellLogout.Command, TellLogout.Tries);
        services.AddPeriodicWork<ForgetSpent>(ForgetSpent.Command, TimeSpan.FromHours(1));
        services.AddSingleton<CompanySecrets>().AddSingleton<Issuers>().AddSingleton(all => all.GetRequiredService<Issuers>().Deployment);
        services.AddSingleton<IdTokens>().AddSingleton<AccessTokens>().AddSingleton<CompleteSignIn>().AddSingleton<BackChannelLogout>();
        services.AddSingleton<SignUp.StartSignUp>().AddSingleton<SignUp.NewPassword>();
        services.AddSingleton<CommonPasswords>().AddSingleton<Passkeys>().AddSingleton<CheckFactor>().AddSingleton<ChangeFactors>();
        services.AddSingleton<ChangePassword>().AddSingleton<Freshness>().AddSingleton<RequireFactor>();
        services.AddSingleton<IConfigureOptions<Microsoft.AspNetCore.Identity.IdentityPasskeyOptions>, PasskeyOptions>();
        // after the filters that say whether somebody may do it at all
        services.Configure<MvcOptions>(options => options.Filters.Add<FreshFactorFilter>(order: 100));
        services.AddSingleton<OwnProviderOnly>().Configure<RazorPagesOptions>(options => options.Conventions.AddFolderApplicationModelConvention(
            "/Identity/Oidc", model => model.Filters.Add(new ServiceFilterAttribute(typeof(OwnProviderOnly)))));
        // what a page shows once after a post, such as a new secret: encrypted, and gone when it was read
        services.Configure<CookieTempDataProviderOptions>(options =>
        {
            options.Cookie.Name = "__Host-once";
            options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.HttpOnly = true;
            options.Cookie.IsEssential = true;
            options.Cookie.Path = "/";
        });
        services.AddDataProtection().SetApplicationName("Portal");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, KeyRingOptions>();

        services.AddAuthentication(ByPath)
            // the API takes no cookies, so no foreign page can use it; the pages take no tokens
            .AddPolicyScheme(ByPath, null, options => options.ForwardDefaultSelector = context =>
                context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) ? BearerHandler.SchemeName : SessionHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Staff, policy => policy.RequireAuthenticatedUser().RequireClaim("staff"));
        return services;
    }

    /// <summary>Leads people to a second factor where one is asked for; after the shell has found out who they are.</summary>
    public static void UseIdentity(this WebApplication app) => app.Use(app.Services.GetRequiredService<RequireFactor>().Ask);

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        ApplicationsApi.Map(routes);
        ApiTokensApi.Map(routes);
        routes.MapPost(BackChannelLogout.Path, (BackChannelLogout receiver, HttpContext context) => receiver.Answer(context))
            .AllowAnonymous().DisableAntiforgery().WithMetadata(new SkipStatusCodePagesAttribute()).ExcludeFromDescription();
        if (!routes.ServiceProvider.GetRequiredService<IOptions<IdentityOptions>>().Value.IsOwnProvider) return;
        var provider = routes.MapGroup("").AllowAnonymous().DisableAntiforgery().WithMetadata(new SkipStatusCodePagesAttribute());
        provider.MapGet(Discovery.Path, Discovery.Document);
        provider.MapGet(Discovery.KeysPath, Discovery.Keys);
        // asked by programs, who bring no cookie: nobody's session is looked up first
        var programs = provider.MapGroup("").WithMetadata(new RequestSizeLimitAttribute(LargestForm));
        programs.ShortCircuit();
        programs.MapPost(Token.Path, Token.Post);
        programs.MapPost(PushedAuthorization.Path, PushedAuthorization.Post);
        programs.MapPost(DeviceAuthorization.Path, DeviceAuthorization.Post);
        programs.MapPost(Revocation.Path, Revocation.Post);
        programs.MapPost(Introspection.Path, Introspection.Post);
        provider.MapMethods(UserInfo.Path, ["GET", "POST"], UserInfo.Answer);
        foreach (var path in (string[])[Discovery.Path, Discovery.KeysPath, Token.Path, UserInfo.Path, Revocation.Path])
            provider.MapMethods(path, ["OPTIONS"], CrossOrigin.Preflight);
        provider.MapGet(EndSession.Path, EndSession.Get);
        provider.MapPost(EndSession.Path, (Delegate)EndSession.Post);
    }

    private static void AddChecked(IServiceCollection services, IConfiguration configuration) => services.AddOptions<IdentityOptions>()
        .Bind(configuration.GetSection(IdentityOptions.Section))
        .Validate(
            options => options.MasterSecret.Length >= 32,
            "Portal:Identity:MasterSecret has fewer than 32 characters; set it to the output of 'openssl rand -base64 48' and keep it safe.")
        .Validate<IHostEnvironment>(
            (options, host) => host.IsDevelopment() || !options.MasterSecret.Contains(IdentityOptions.DevelopmentMark, StringComparison.Ordinal),
            "Portal:Identity:MasterSecret is the development default; set it to the output of 'openssl rand -base64 48' and keep it safe.")
        .Validate<IHostEnvironment>(
            (options, host) => host.IsDevelopment() || options.PublicUrl.Length > 0,
            "Portal:Identity:PublicUrl is empty; set the address under which customers reach the portal, e.g. https://portal.example.in.")
        .Validate(
            options => options.PublicUrl.Length == 0 || IdentityOptions.IsSafe(options.PublicUrl),
            "Portal:Identity:PublicUrl is no https address (http only on this machine); set e.g. https://portal.example.in, without query.")
        .Validate(
            options => options.Issuer.Length == 0 || IdentityOptions.IsSafe(options.Issuer),
            "Portal:Identity:Issuer is no https address (http only on this machine); set the issuer's name, or leave it empty for the own provider.")
        .Validate(
            options => options.Issuer.Length == 0 || options.ClientSecret.Length > 0,
            "Portal:Identity:ClientSecret is empty; set the secret that the issuer gave the portal, or leave Issuer empty for the own provider.")
        .Validate(
            options => options.Backchannel.Length == 0 || IdentityOptions.IsAddress(options.Backchannel),
            "Portal:Identity:Backchannel is no address; set where this machine reaches the issuer, e.g. http://127.0.0.1:5000, or leave it empty.")
        .Validate(
            options => options.ClientId.Length is > 0 and <= 60,
            "Portal:Identity:ClientId is empty or longer than 60 characters; set the id of the portal at the issuer.")
        .Validate(
            options => options.Staff.Issuer.Length == 0 || (IdentityOptions.IsSafe(options.Staff.Issuer) && options.Staff.ClientSecret.Length > 0),
            "Portal:Identity:Staff:Issuer wants an https address (http only on this machine) and Staff:ClientSecret, or both left empty.")
        .Validate(
            options => options.Staff.Issuer.Length == 0
                || (options.Staff.Groups.All(one => one.Group.Length > 0 && Portal.Staff.StaffRole.Of(one.Role) is not null)
                    && options.Staff.People.All(one => one.Email.Length > 0 && Portal.Staff.StaffRole.Of(one.Role) is not null)
                    && options.Staff.Groups.Count + options.Staff.People.Count > 0),
            "Portal:Identity:Staff names nobody as staff, or a role that there is not; set Staff:Groups (Group, Role) or Staff:People (Email, Role).")
        .Validate(
            options => PublicNetwork.Read(options.Companies.AllowedNetworks) is not null,
            "Portal:Identity:Companies:AllowedNetworks is no list of networks; set e.g. '10.20.0.0/16, fd00::/8', or leave it empty.")
        .Validate(
            options => options is { FailuresPerAddress: > 0, FailuresPerIp: > 0, FailuresPerFactor: > 0, LinksPerIp: > 0, LinksPerAddress: > 0 },
            "Portal:Identity: FailuresPerAddress, FailuresPerIp, FailuresPerFactor, LinksPerIp and LinksPerAddress must be positive.")
        .Validate(
            options => CommonPasswords.Trouble(options.CommonPasswordsFile) is null,
            "Portal:Identity:CommonPasswordsFile cannot be read or is empty; set a text file with one password a line, or leave it out.")
        .Validate(
            options => options.FreshFor >= TimeSpan.FromMinutes(1),
            "Portal:Identity:FreshFor is shorter than a minute; nobody could finish a form in that time. Ten minutes are usual.")
        .Validate(
            options => options.IssuerWithin > TimeSpan.Zero && options.IssuerWithin <= TimeSpan.FromMinutes(1),
            "Portal:Identity:IssuerWithin is not between 0 and a minute; set e.g. 00:00:05.")
        .Validate(
            options => options.SigningKeyLength > SigningKeys.Overlap * 2,
            "Portal:Identity:SigningKeyLength is too short; keys overlap by a week, set at least 15 days.")
        .Validate(
            options => options.Clients.All(client => client is { Id.Length: > 0 and <= 60, Name.Length: > 0, RedirectUris.Count: > 0 }),
            "Portal:Identity:Clients has an entry without Id, Name or RedirectUris; each client needs the three.")
        .Validate(
            options => options.Clients.SelectMany(client => client.RedirectUris).All(Client.MayBeAnsweredAt),
            "Portal:Identity:Clients has a redirect address that anybody on the way could read; set https, an address of this machine, or an app's own scheme.")
        .Validate(
            options => options.Clients.All(client => client.Jwks.Length == 0 || ClientKeys.Trouble(client.Jwks) is null),
            "Portal:Identity:Clients has an entry whose Jwks is no key set of public EC or RSA keys; set {\"keys\": [ … ]} or leave it empty.")
        .ValidateOnStart();
}
