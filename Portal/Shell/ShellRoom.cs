using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;
using Portal.Access;
using Portal.Staff;

namespace Portal.Shell;

/// <summary>What the room offers the building: the frame of every page, its parts, and how the host answers.</summary>
public static class ShellRoom
{
    private const int LargestBody = 1024 * 1024;
    private const int LargestDrained = 16 * LargestBody;
    private const int LargestField = 64 * 1024;

    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddShell(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ShellOptions>().Bind(configuration.GetSection("Portal:Shell"))
            .Validate(
                options => options.Brand.Length > 0,
                "Portal:Shell:Brand is empty; set the provider's name as customers know it.")
            .Validate(
                options => options.GrievanceOfficer
                    is { Name.Length: > 0, Email.Length: > 0, Phone.Length: > 0, Hours.Length: > 0 },
                "Portal:Shell:GrievanceOfficer needs Name, Email, Phone and Hours; the IT Rules, 2021 ask every site for them.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ShellOptions>>(new ProxiesCheck(configuration));

        services.AddRouting(options => options.LowercaseUrls = true);
        services.AddRazorPages(options => options.RootDirectory = "/")
            .ConfigureApplicationPartManager(OnlyOwnPages);
        services.Configure<RazorViewEngineOptions>(options =>
        {
            options.PageViewLocationFormats.Add("/Shell/{0}.cshtml");
            options.ViewLocationFormats.Add("/Shell/{0}.cshtml");
        });
        services.AddAntiforgery();
        services.AddOptions<AntiforgeryOptions>().Configure<IHostEnvironment>((options, environment) =>
        {
            // a __Host- cookie is refused over plain http, which only development serves
            var secure = !environment.IsDevelopment();
            options.Cookie.Name = secure ? "__Host-form" : "form";
            options.Cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.SuppressXFrameOptionsHeader = true;
        });
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            // what is refused is still read to its end up to here, or the browser would show a broken connection and not our page
            options.Limits.MaxRequestBodySize = LargestDrained;
        });
        services.Configure<FormOptions>(options =>
        {
            options.MultipartBodyLengthLimit = LargestBody;
            options.ValueLengthLimit = LargestField;
            options.ValueCountLimit = 200;
        });
        services.AddExceptionHandler<ApiFailures>();
        // ₹ and Devanagari as they are, not as entities; what means something in HTML is encoded all the same
        services.Configure<WebEncoderOptions>(options =>
            options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.AddAuthentication();
        services.AddAuthorization();
        return services;
    }

    /// <summary>Lays the pipeline of every request and maps the room's endpoints; called before the other rooms.</summary>
    public static void MapShell(this WebApplication app)
    {
        app.UseTrustedProxies();
        app.Use(Security.Headers);
        if (!app.Environment.IsDevelopment()) app.UseHsts();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandlingPath = Failures.Path,
            StatusCodeSelector = Failures.StatusOf,
            CreateScopeForErrors = true,
        });
        app.UseStatusCodePages(Failures.Bodiless);
        app.UseRouting();
        app.Use(Failures.Nowhere);
        app.Use(RefuseLarge);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseStaffLooking();
        app.UseAccess();
        app.UseAntiforgery();

        app.MapRazorPages();
        app.MapGet("/shell/{version}/{name}", Assets.Serve).AllowAnonymous();
    }

    // before anybody reads the body: the antiforgery check would call it a form without token
    private static Task RefuseLarge(HttpContext context, RequestDelegate next)
    {
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? LargestBody;
        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest) return next(context);
        if (!(context.Request.ContentLength > limit))
        {
            // a body without a length is counted as it comes
            var size = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
            if (size is { IsReadOnly: false }) size.MaxRequestBodySize = limit;
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        return Task.CompletedTask;
    }

    private sealed class ProxiesCheck(IConfiguration configuration) : IValidateOptions<ShellOptions>
    {
        public ValidateOptionsResult Validate(string? name, ShellOptions options) =>
            TrustedProxies.Problems(options, configuration).ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    // the entry assembly is a test program sometimes; the pages are always ours
    private static void OnlyOwnPages(ApplicationPartManager manager)
    {
        manager.ApplicationParts.Clear();
        var own = Assembly.GetExecutingAssembly();
        var parts = ApplicationPartFactory.GetApplicationPartFactory(own).GetApplicationParts(own);
        foreach (var part in parts) manager.ApplicationParts.Add(part);
    }
}
